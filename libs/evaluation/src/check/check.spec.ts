import fc from 'fast-check';
import { definitions, flagKeys } from '../../reference/definitions.js';
import { contexts } from '../../reference/contexts.js';
import { ruleFile, vectorFiles } from '../../reference/vectors.js';
import { checkCondition, checkFlag, checkFlagRules, checkSplit, compileDefinitions, findCycle } from '../index.js';
import type { Cond, Flag, Problem } from '../index.js';

const paths = (problems: readonly Problem[]): string[] => problems.map(({ path }) => path);

const good: Flag = {
  key: 'cta',
  type: 'string',
  on: true,
  variants: { a: 'Buy', b: 'Buy now' },
  off: null,
  requires: [{ id: 'parent', when: { flag: 'parent', attr: 'on', op: 'in', values: [true] } }],
  rules: [
    { id: 'qa', when: { segment: 'staff' }, serve: { variant: 'b' } },
    {
      id: 'exp',
      when: {
        all: [
          { attr: 'app', as: 'version', op: 'gte', value: '2.3' },
          { attr: 'ip', op: 'inCidr', values: ['10.0.0.0/8', '::1'] },
        ],
      },
      serve: {
        split: {
          key: 'cta-2026',
          unit: ['userId', '/device/id'],
          salt: 'cta-2026',
          enroll: {
            all: [
              {
                bucket: {
                  salt: 'layer',
                  unit: ['userId'],
                  in: [
                    [0, 0.2],
                    [0.4, 1],
                  ],
                },
              },
            ],
          },
          sticky: { version: 1, minVersion: 0 },
          arms: [
            { key: 'control', variant: 'a', in: [[0, 0.5]] },
            { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
          ],
        },
      },
    },
  ],
  default: { variant: 'a' },
};

/** A copy of the good flag with another value at a path; undefined removes. */
function spoilt(path: string, value: unknown): unknown {
  const members = path.split(/[.[\]]+/).filter((member) => member !== '');
  const copy: unknown = structuredClone(good);
  let target = copy as Record<string, unknown>;
  for (const member of members.slice(0, -1)) target = target[member] as Record<string, unknown>;
  target[members.at(-1) ?? ''] = value;
  return JSON.parse(JSON.stringify(copy));
}

describe('checkFlag', () => {
  it('finds nothing wrong with a flag that uses the whole model', () => {
    expect(checkFlag(good)).toEqual([]);
    const known = { flags: new Set(['parent']), segments: new Set(['staff']), lists: new Set<string>() };
    expect(checkFlag(good, { known })).toEqual([]);
  });

  const ARMS = 'rules[1].serve.split.arms';
  const ENROLL = 'rules[1].serve.split.enroll.all[0].bucket';

  it.each<[path: string, value: unknown, at?: string]>([
    ['key', ''],
    ['key', undefined],
    ['type', 'text'],
    ['on', 1],
    ['variants', []],
    ['variants.a', 5],
    ['variants.a b', 5, 'variants["a b"]'],
    ['off', 'absent'],
    ['off', undefined],
    ['colour', 'red'],
    ['rules', {}],
    ['rules[0].id', 'exp', 'rules[1].id'],
    ['rules[0].id', undefined],
    ['rules[0].when', undefined],
    ['rules[0].extra', 1],
    ['rules[0].serve', {}],
    ['rules[0].serve.variant', 'absent'],
    ['rules[0].serve.off', true, 'rules[0].serve'],
    ['rules[0].serve', { off: false }, 'rules[0].serve.off'],
    ['default', { variant: 7 }, 'default.variant'],
    ['requires[0].id', 9],
    ['requires[0].when.op', 'almost'],
    ['rules[1].when.all[0].value', 'two'],
    ['rules[1].when.all[0].as', 'colour'],
    ['rules[1].when.all[0].value', undefined, 'rules[1].when.all[0]'],
    ['rules[1].when.all[0].negate', 'yes'],
    ['rules[1].when.all[1].values[1]', '10.0.0.0/33'],
    ['rules[1].when.all[1].values', '10.0.0.0/8'],
    ['rules[1].serve.split.salt', 'a:b'],
    ['rules[1].serve.split.unit', []],
    ['rules[1].serve.split.unit[0]', '/a~b'],
    ['rules[1].serve.split.hash', 'crc32'],
    ['rules[1].serve.split.mod', 0],
    ['rules[1].serve.split.missing', 1],
    ['rules[1].serve.split.sticky.version', -1],
    ['rules[1].serve.split.key', undefined],
    [ARMS, []],
    [`${ARMS}[0].variant`, 'absent'],
    [`${ARMS}[0].key`, 'treatment', `${ARMS}[1]`],
    [`${ARMS}[0].in[0]`, [0.5, 0.2]],
    [`${ARMS}[0].in[0]`, [0, 0.6], `${ARMS}[1].in[0]`],
    [`${ARMS}[0].in[0]`, [-0.1, 0.2]],
    [`${ARMS}[1].in[0]`, [0.5, 1.1]],
    [`${ARMS}[1].in[0]`, [0.5]],
    [`${ENROLL}.in[1]`, [0.1, 0.3]],
    [`${ENROLL}.salt`, 7],
    [`${ENROLL}.colour`, 7],
  ])('refuses %s = %j', (path, value, at = path) => {
    const problems = checkFlag(spoilt(path, value));
    expect(paths(problems)).toEqual([at]);
    expect(problems[0]?.message).not.toBe('');
  });

  it('refuses names of flags, segments and lists that do not exist, when it knows those that do', () => {
    const known = { flags: new Set<string>(), segments: new Set<string>(), lists: new Set<string>() };
    expect(paths(checkFlag(good, { known }))).toEqual(['requires[0].when.flag', 'rules[0].when.segment']);
    expect(paths(checkCondition({ attr: 'id', op: 'in', list: 'ids' }, { known }))).toEqual(['list']);
  });

  it('refuses a flag that reads itself, and more than 1,000 rules', () => {
    expect(paths(checkFlag(spoilt('requires[0].when.flag', 'cta')))).toEqual(['']);
    const rules = Array.from({ length: 1001 }, (_, index) => ({
      id: `r${index}`,
      when: true,
      serve: { variant: 'a' },
    }));
    expect(paths(checkFlag(spoilt('rules', rules)))).toEqual(['rules']);
    expect(checkFlag(spoilt('rules', rules.slice(1)))).toEqual([]);
  });

  it('lets the platform use ":" in salts, and imports answer like where they come from', () => {
    expect(checkFlag(spoilt('rules[1].serve.split.salt', 'a:b'), { platformSalts: true })).toEqual([]);
    expect(checkFlag(spoilt(`${ARMS}[1].in[0]`, [0.5, 2]), { imported: true })).toEqual([]);
    expect(checkFlag(spoilt('rules[1].when.all[0].value', '02.0'), { imported: true })).toEqual([]);
    expect(paths(checkFlag(spoilt('rules[1].when.all[0].op', 'almost'), { imported: true }))).toEqual([
      'rules[1].when.all[0].op',
    ]);
  });

  it('accepts every flag of the vectors as an import', () => {
    const flags = vectorFiles('rules', '.json').flatMap((name) =>
      ruleFile(name).groups.flatMap((group) => Object.values(group.definitions.flags)),
    );
    for (const flag of flags) expect(checkFlag(flag, { imported: true })).toEqual([]);
  });
});

describe('checkFlagRules', () => {
  it('checks rules on their own, under the path they have', () => {
    const rules = [{ id: 'r', when: { attr: 'a', op: 'in', values: 'x' }, serve: { variant: 'zzz' } }];
    expect(paths(checkFlagRules(rules, { variants: new Set(['a']) }, 'targetingRules'))).toEqual([
      'targetingRules[0].when.values',
      'targetingRules[0].serve.variant',
    ]);
    expect(checkFlagRules([{ id: 'r', when: true, serve: { variant: 'zzz' } }])).toEqual([]);
  });
});

describe('checkSplit', () => {
  it('checks a split on its own', () => {
    const { split } = (good.rules[1]?.serve ?? {}) as { split?: object };
    expect(checkSplit(split)).toEqual([]);
    expect(paths(checkSplit({ ...split, enroll: 7 }, {}, 'split'))).toEqual(['split.enroll']);
  });
});

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

describe('findCycle', () => {
  const reads = (key: string, ...others: string[]): Flag => ({
    ...good,
    key,
    requires: [],
    rules: others.map((flag) => ({
      id: flag,
      when: { not: { flag, attr: 'on', op: 'exists' } },
      serve: { off: true },
    })),
  });

  it('finds flags that depend on each other, and says along which way', () => {
    const flags = { a: reads('a', 'x', 'b'), b: reads('b', 'c'), c: reads('c', 'x', 'b'), x: reads('x') };
    const cycle = findCycle({ flags });
    expect(cycle?.map(({ key }) => key)).toEqual(['b', 'c', 'b']);
    expect(findCycle({ flags }, { kind: 'flag', key: 'x' })).toBeNull();
    expect(findCycle({ flags: { a: reads('a', 'b', 'b'), b: reads('b', 'x'), x: reads('x') } })).toBeNull();
  });

  it('goes through segments and admissions of splits', () => {
    const split = { key: 'e', salt: 'e', unit: ['u'], enroll: { segment: 's' }, arms: [] };
    const flags = { a: { ...good, key: 'a', rules: [{ id: 'r', when: true, serve: { split } }] } };
    const segments: Record<string, Cond> = {
      s: { all: [{ segment: 't' }] },
      t: { flag: 'a', attr: 'on', op: 'exists' },
    };
    expect(findCycle({ flags, segments })?.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'flag a',
      'segment s',
      'segment t',
      'flag a',
    ]);
    expect(findCycle({ segments: { s: { segment: 's' } } })).toHaveLength(2);
  });

  it('does not overflow on a long chain', () => {
    const entries = Array.from(
      { length: 20_000 },
      (_, index) => [`f${index}`, reads(`f${index}`, `f${index + 1}`)] as const,
    );
    const flags = Object.fromEntries(entries);
    expect(findCycle({ flags })).toBeNull();
    expect(findCycle({ flags: { ...flags, f20000: reads('f20000', 'f0') } })).toHaveLength(20_002);
  });

  it('finds every cycle that an evaluation can meet', () => {
    fc.assert(
      fc.property(definitions, fc.array(contexts, { minLength: 5, maxLength: 5 }), (definition, subjects) => {
        const compiled = compileDefinitions(definition);
        for (const key of flagKeys) {
          const cycle = findCycle(definition, { kind: 'flag', key });
          const meets = subjects.some((context) => compiled.evaluate(key, context).error === 'CYCLE');
          if (meets) expect(cycle).not.toBeNull();
          if (meets) expect(findCycle(definition)).not.toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });
});
