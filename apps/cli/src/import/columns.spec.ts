import fc from 'fast-check';
import { isYesNo, parseNumber, readCell } from './cell.js';
import { parseMetricSpec } from './metric-spec.js';
import { parseTime } from './parse-time.js';
import { equalShares, planVariants, variantKey } from './variant-keys.js';

describe('--metric', () => {
  const columns = ['userid', 'retention_1', 'rounds', 'a:b', 'a'];

  it('is a column with or without a type', () => {
    expect(parseMetricSpec('retention_1', columns)).toEqual({ column: 'retention_1', aggregation: undefined });
    expect(parseMetricSpec('rounds:sum', columns)).toEqual({ column: 'rounds', aggregation: 'sum' });
    expect(parseMetricSpec('a:b', columns)).toEqual({ column: 'a:b', aggregation: undefined });
    expect(parseMetricSpec('a:b:max', columns)).toEqual({ column: 'a:b', aggregation: 'max' });
  });

  it('says which columns and types there are', () => {
    expect(() => parseMetricSpec('revenue', columns)).toThrow(
      "no column 'revenue'. Its columns are: userid, retention_1, rounds, a:b, a.",
    );
    expect(() => parseMetricSpec('rounds:median', columns)).toThrow(
      "'median' is not a type; use one of exists, sum, count, average, min, max.",
    );
  });
});

describe('a cell', () => {
  it('of yes and no is an event or none', () => {
    for (const yes of ['TRUE', 'true', 'True', ' t ', 'yes', '1', '1.0', '7'])
      expect(readCell(yes, 'exists')).toEqual({ event: true, value: undefined });
    for (const no of ['FALSE', 'false', 'no', '0', '0.0', '', 'NaN', 'null'])
      expect(readCell(no, 'exists')).toEqual({ event: false });
    expect(readCell('maybe', 'exists')).toEqual({ unreadable: "'maybe' is neither true nor false" });
  });

  it('that is summed is an event unless it adds nothing', () => {
    expect(readCell('12.5', 'sum')).toEqual({ event: true, value: 12.5 });
    expect(readCell('-3', 'sum')).toEqual({ event: true, value: -3 });
    for (const none of ['0', '-0', '0e5', '']) expect(readCell(none, 'sum')).toEqual({ event: false });
    for (const bad of ['12,5', '0x10', 'Infinity', '1e999', 'twelve', '1 000'])
      expect(readCell(bad, 'sum')).toEqual({ unreadable: `'${bad}' is not a number` });
  });

  it('that is averaged counts a 0 as a value, and nothing for nothing', () => {
    for (const aggregation of ['average', 'min', 'max'] as const) {
      expect(readCell('0', aggregation)).toEqual({ event: true, value: 0 });
      expect(readCell('', aggregation)).toEqual({ event: false });
    }
  });

  it('that is counted is an event whatever it says', () => {
    expect(readCell('order-17', 'count')).toEqual({ event: true, value: undefined });
    for (const none of ['0', '', 'false']) expect(readCell(none, 'count')).toEqual({ event: false });
  });

  it('is a yes or no only if it could be nothing else', () => {
    expect(['TRUE', '0', '1', '', 'no'].every(isYesNo)).toBe(true);
    expect(['2', '0.5', 'maybe'].some(isYesNo)).toBe(false);
  });

  it('reads every number that a program writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) =>
        expect(parseNumber(String(number))).toBe(number === 0 ? Number(String(number)) : number),
      ),
    );
  });
});

describe('a time', () => {
  it('is read in the forms files have, UTC without a zone', () => {
    const moment = Date.UTC(2017, 0, 21, 22, 11, 48);
    expect(parseTime('2017-01-21 22:11:48.556739')).toBe(moment + 556);
    expect(parseTime('2017-01-21T22:11:48Z')).toBe(moment);
    expect(parseTime('2017-01-21T23:11:48+01:00')).toBe(moment);
    expect(parseTime('2017-01-21 16:41:48 -0530')).toBe(moment);
    expect(parseTime('2017-01-21 22:11')).toBe(moment - 48_000);
    expect(parseTime('2017-01-21')).toBe(Date.UTC(2017, 0, 21));
    expect(parseTime(String(moment))).toBe(moment);
    expect(parseTime(String(moment / 1000))).toBe(moment);
  });

  it('is never guessed', () => {
    for (const text of [
      '',
      'yesterday',
      '21.01.2017',
      '2017-02-30',
      '2017-13-01',
      '2017-01-21 25:00',
      '12',
      '2017-01-21T22:11:48 Berlin',
    ]) {
      expect(parseTime(text)).toBeUndefined();
    }
  });

  it('agrees with the ISO form of any date', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) =>
        expect(parseTime(date.toISOString())).toBe(date.getTime()),
      ),
    );
  });
});

describe('variants', () => {
  it('get keys that the interface takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        try {
          expect(variantKey(value)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
        } catch (error) {
          expect((error as Error).message).toContain('no letter or digit');
        }
      }),
    );
    expect(variantKey('gate_30')).toBe('gate_30');
    expect(variantKey(' new page! ')).toBe('new-page-');
  });

  it('share the traffic equally, to exactly 100', () => {
    for (let count = 2; count <= 100; count += 1) {
      const shares = equalShares(count);
      expect(shares.reduce((sum, share) => sum + Math.round(share * 1_000), 0)).toBe(100_000);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.0011);
    }
    expect(equalShares(3)).toEqual([33.334, 33.333, 33.333]);
  });

  it('are planned with the control first', () => {
    expect(
      planVariants(new Set(['b', 'control', 'a']), 'control').map(({ key, isControl }) => [key, isControl]),
    ).toEqual([
      ['control', true],
      ['a', false],
      ['b', false],
    ]);
  });

  it('that make no experiment are refused', () => {
    expect(() => planVariants(new Set(['a', 'b']), 'c')).toThrow(
      "no row has the variant 'c'. The variants of the file are: a, b.",
    );
    expect(() => planVariants(new Set(['a']), 'a')).toThrow('a comparison needs two');
    expect(() => planVariants(new Set(Array.from({ length: 101 }, (_, index) => `v${index}`)), 'v0')).toThrow(
      'more than 100 different values',
    );
    expect(() => planVariants(new Set(['new page', 'new-page']), 'new page')).toThrow("would get the key 'new-page'");
  });
});
