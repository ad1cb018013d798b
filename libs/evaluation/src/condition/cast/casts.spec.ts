import { castDate } from './date.js';
import { castNumber } from './number.js';
import { castString } from './string.js';
import { castVersion, compareVersions } from './version.js';

describe('the number cast', () => {
  it.each([
    [1.5, 1.5],
    ['12', 12],
    [' -1.5 ', -1.5],
    ['+.5', 0.5],
    ['3.', 3],
    ['1e3', 1000],
    ['1E-1', 0.1],
  ])('reads %j as %d', (value, expected) => expect(castNumber(value)).toBe(expected));

  it.each([
    [true],
    [false],
    [''],
    [' '],
    [null],
    [undefined],
    ['1,5'],
    ['0x10'],
    ['Infinity'],
    ['1e'],
    ['12px'],
    [[]],
    [[7]],
    [{}],
  ])('refuses %j', (value) => expect(castNumber(value)).toBeUndefined());

  it('takes linear time for long digits that are no number', () => {
    const started = performance.now();
    expect(castNumber(`${'1'.repeat(100_000)}x`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the string cast', () => {
  it('gives numbers and booleans their JSON text, and nothing else', () => {
    expect([1, 1.0, 1e21, -0, true, 'x'].map(castString)).toEqual(['1', '1', '1e+21', '0', 'true', 'x']);
    expect([null, undefined, [], {}].map(castString)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the version cast', () => {
  const ascending = [
    '0.0.0-0',
    '0.0.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1',
    '1.2',
    '1.10.0',
    '2-rc',
    '2.0.0',
    '99999999999999999999.0.0',
    '100000000000000000000.0.0',
  ];

  it('orders versions by SemVer precedence, numbers of any length included', () => {
    for (const [index, lower] of ascending.entries()) {
      for (const higher of ascending.slice(index + 1)) {
        const [a, b] = [castVersion(lower), castVersion(higher)];
        if (a === undefined || b === undefined) throw new Error(`${lower} or ${higher} is no version`);
        expect(Math.sign(compareVersions(a, b))).toBe(-1);
        expect(Math.sign(compareVersions(b, a))).toBe(1);
        expect(compareVersions(a, a)).toBe(0);
      }
    }
  });

  it.each([
    ['v1.2.3', '1.2.3'],
    ['V1.2.3', '1.2.3'],
    ['1.2', '1.2.0'],
    ['2', '2.0.0'],
    ['1.2.3+build.5', '1.2.3'],
    ['2.0-rc+b', '2.0.0-rc'],
    [1.2, '1.2.0'],
    [3, '3.0.0'],
  ])('reads %j as %s', (value, same) => {
    const [a, b] = [castVersion(value), castVersion(same)];
    expect(a).toBeDefined();
    expect(a && b && compareVersions(a, b)).toBe(0);
  });

  it.each([
    ['1.2.3.4'],
    ['02.0.0'],
    ['1-2-3'],
    ['1.2.3-01'],
    ['1.2.3-'],
    ['1.2.3+'],
    ['1.2.3-a..b'],
    ['vv1'],
    [''],
    [' 1.2.3'],
    ['1.x'],
    [-1],
    [1e21],
    [true],
    [null],
  ])('refuses %j', (value) => expect(castVersion(value)).toBeUndefined());
});

describe('the date cast', () => {
  it.each<[unknown, number]>([
    ['2017-12-06T00:00:00.000-07:00', 1512543600000],
    ['2017-12-06T07:00:00Z', 1512543600000],
    ['2017-12-06t07:00:00z', 1512543600000],
    [1512543600000, 1512543600000],
    ['2024-02-29T23:59:60Z', 1709251200000],
    ['1970-01-01T00:00:00.035Z', 35],
    ['1970-01-01T00:00:00.0005Z', 0.5],
    ['0001-01-01T00:00:00Z', -62135596800000],
    ['2024-01-01T00:30:00+01:00', 1704065400000],
  ])('reads %j as %d', (value, expected) => expect(castDate(value)).toBe(expected));

  it.each([
    ['2017-12-06'],
    ['1512543600000'],
    ['2017-12-06X00:00:00Z'],
    ['2023-02-29T00:00:00Z'],
    ['2024-13-01T00:00:00Z'],
    ['2024-04-31T00:00:00Z'],
    ['2024-01-01T24:00:00Z'],
    ['2024-01-01T00:00:00'],
    ['00:00:00.000-07.00'],
    [''],
    [true],
    [null],
  ])('refuses %j', (value) => expect(castDate(value)).toBeUndefined());
});
