import { cbor } from './cbor.js';

const hex = (value: unknown): string | undefined => {
  const bytes = cbor(value);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
};

describe('cbor', () => {
  // RFC 8949, Appendix A.
  it.each<[unknown, string]>([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [1000, '1903e8'],
    [1000000, '1a000f4240'],
    [1000000000000, '1b000000e8d4a51000'],
    [18446744073709551615, 'fa5f800000'],
    [-1, '20'],
    [-100, '3863'],
    [-1000, '3903e7'],
    [1.1, 'fb3ff199999999999a'],
    [1.5, 'f93e00'],
    [65504, '19ffe0'],
    [0.00006103515625, 'f90400'],
    [5.960464477539063e-8, 'f90001'],
    [-4.1, 'fbc010666666666666'],
    [3.4028234663852886e38, 'fa7f7fffff'],
    [1e300, 'fb7e37e43c8800759c'],
    [false, 'f4'],
    [true, 'f5'],
    [null, 'f6'],
    ['', '60'],
    ['IETF', '6449455446'],
    ['ü', '62c3bc'],
    ['水', '63e6b0b4'],
    ['𐅑', '64f0908591'],
    [[], '80'],
    [[1, [2, 3], [4, 5]], '8301820203820405'],
    [{}, 'a0'],
    [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
  ])('encodes %j', (value, expected) => {
    expect(hex(value)).toBe(expected);
  });

  it('does not depend on the order in which members were written; shorter names come first', () => {
    expect(hex({ aa: 2, z: 1 })).toBe('a2617a0162616102');
    expect(hex({ z: 1, aa: 2 })).toBe(hex({ aa: 2, z: 1 }));
  });

  it('writes numbers without a fraction as integers as far as 64 bits reach', () => {
    expect(hex(-0)).toBe('00');
    expect(hex(2 ** 53)).toBe('1b0020000000000000');
    expect(hex(-(2 ** 63))).toBe('3b7fffffffffffffff');
    expect(hex(2 ** 64)).toBe('fa5f800000');
  });

  it('does not encode what is no JSON, or nested without end', () => {
    const endless: unknown[] = [];
    endless.push(endless);
    expect(cbor(endless)).toBeUndefined();
    expect(cbor({ a: undefined })).toBeUndefined();
    expect(cbor(NaN)).toBeUndefined();
  });
});
