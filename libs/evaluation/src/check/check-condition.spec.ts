import fc from 'fast-check';
import { good, paths } from '../../reference/good-flag.js';
import { checkCondition, checkFlag, checkSplit } from '../index.js';
import type { Cond } from '../index.js';

describe('checkCondition', () => {
  const leaf = (fields: object): unknown => ({ attr: 'a', ...fields });

  it.each<[unknown, string]>([
    [leaf({ op: 'matches', value: '(?=a)' }), 'value'],
    [leaf({ op: 'matches', value: '(?<=a)b' }), 'value'],
    [leaf({ op: 'matches', value: '(a)\\1' }), 'value'],
    [leaf({ op: 'matches', values: ['ok', '('] }), 'values[1]'],
    [leaf({ op: 'startsWith', values: [1] }), 'values[0]'],
    [leaf({ op: 'contains', as: 'string', values: [{}] }), 'values[0]'],
    [leaf({ op: 'lt', value: true }), 'value'],
    [leaf({ op: 'lt', as: 'date', value: '2024-01-01' }), 'value'],
    [leaf({ op: 'in', as: 'number', values: [1, '1,5'] }), 'values[1]'],
    [leaf({ op: 'gt', as: 'size', value: '2' }), 'value'],
    [leaf({ op: 'in', as: 'type', values: ['text'] }), 'values[0]'],
    [leaf({ op: 'mod', value: [0, 1] }), 'value'],
    [leaf({ op: 'mod', value: 3 }), 'value'],
    [leaf({ op: 'exists', value: 'yes' }), 'value'],
    [leaf({ op: 'exists', values: [true] }), 'values'],
    [leaf({ op: 'in', hashed: 's', values: ['abc'] }), 'values[0]'],
    [leaf({ op: 'contains', hashed: 's', values: ['abc'] }), 'values[0]'],
    [leaf({ op: 'in', hashed: 5, values: [] }), 'hashed'],
    [leaf({ op: 'in' }), ''],
    [leaf({ op: 'in', values: [1], flag: 3 }), 'flag'],
    [leaf({ values: [1] }), 'op'],
    [{ attr: 5, op: 'exists' }, 'attr'],
    [{ attr: '/a~2', op: 'exists' }, 'attr'],
    [{ all: true }, 'all'],
    [{ any: [true, { not: null }] }, 'any[1].not'],
    [{ segment: 5 }, 'segment'],
    [{ some: '/items' }, 'where'],
    [{ all: [], any: [] }, 'any'],
    [{ bucket: { salt: 's', unit: ['u'], in: [[0.5, 0.4]] } }, 'bucket.in[0]'],
    [{ bucket: [] }, 'bucket'],
    [{}, ''],
    ['yes', ''],
    [null, ''],
  ])('finds the fault in %j', (cond, at) => {
    expect(paths(checkCondition(cond))).toEqual([at]);
  });

  it('allows 32 conditions inside each other, not more', () => {
    const nested = (depth: number): Cond => (depth === 1 ? true : { not: nested(depth - 1) });
    expect(checkCondition(nested(32))).toEqual([]);
    expect(paths(checkCondition(nested(33)))).toEqual([Array(32).fill('not').join('.')]);
  });

  it('starts paths where it is told to', () => {
    expect(paths(checkCondition({ all: [7] }, {}, 'targetingRules'))).toEqual(['targetingRules.all[0]']);
  });

  it('says what an invalid pattern is', () => {
    expect(checkCondition(leaf({ op: 'matches', value: '(?=a)' }))[0]?.message).toMatch(/RE2 regular expression/);
  });

  it('takes any JSON, however deep, without an exception', () => {
    const words = fc.constantFrom(
      'all',
      'not',
      'attr',
      'op',
      'as',
      'values',
      'in',
      'bucket',
      'unit',
      'toString',
      '__proto__',
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom<unknown>(null, true, 0, 'x', 'in', 'matches', 'type'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(words, tie('json'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(fc.oneof(json, fc.jsonValue()), (value) => {
        const flag = {
          ...good,
          requires: [{ id: 'q', when: value }],
          rules: [value, { id: 'r', when: value, serve: value }],
        };
        for (const problems of [checkCondition(value), checkFlag(value), checkFlag(flag), checkSplit(value)]) {
          for (const problem of problems) expect(typeof problem.path).toBe('string');
        }
      }),
      { numRuns: 2000 },
    );
    let deep: unknown = true;
    for (let depth = 0; depth < 100_000; depth++) deep = { not: deep };
    expect(checkCondition(deep)).toHaveLength(1);
    expect(checkFlag({ ...good, rules: [{ id: 'r', when: deep, serve: { variant: 'a' } }] })).toHaveLength(1);
  });
});
