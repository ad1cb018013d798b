import fc from 'fast-check';
import {
  addDouble,
  divideByNumber,
  multiplyDouble,
  negate,
  toNumber,
  twoProduct,
  twoSum,
  ZERO,
} from './double-double.js';

const value = fc.double({ min: -1e120, max: 1e120, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-120);
const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });

describe('double-double', () => {
  it('adds what a double loses', () => {
    const sum = addDouble(twoSum(1e16, 1), negate({ high: 1e16, low: 0 }));
    expect(toNumber(sum)).toBe(1);
  });

  it('multiplies integers beyond 2^53 exactly', () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const { high, low } = twoProduct(a * 1001, b * 1003);
        expect(BigInt(high) + BigInt(low)).toBe(BigInt(a) * 1001n * BigInt(b) * 1003n);
      }),
    );
  });

  it('leaves nothing behind when what was added is taken away, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 60 }), (values) => {
        const add = (sum: typeof ZERO, x: number) => addDouble(sum, twoProduct(x, x));
        const take = (sum: typeof ZERO, x: number) => addDouble(sum, negate(twoProduct(x, x)));
        const rest = [...values].reverse().reduce(take, values.reduce(add, ZERO));
        expect(Math.abs(toNumber(rest))).toBeLessThanOrEqual(1e18 * 60 * 60 * 2 ** -104);
      }),
    );
  });

  it('divides and multiplies back', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 1_000_000 }), (a, n) => {
        const back = toNumber(multiplyDouble(divideByNumber({ high: a, low: 0 }, n), { high: n, low: 0 }));
        expect(Math.abs(back - a)).toBeLessThanOrEqual(Math.abs(a) * 2 ** -52);
      }),
    );
  });
});
