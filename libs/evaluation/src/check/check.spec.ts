import { good, paths } from '../../reference/good-flag.js';
import { ruleFile, vectorFiles } from '../../reference/vectors.js';
import { checkCondition, checkFlag, checkFlagRules, checkSplit } from '../index.js';

/** A copy of the good flag with another value at a path; undefined removes. */
function spoilt(path: string, value: unknown): unknown {
  const members = path.split(/[.[\]]+/).filter((member) => member !== '');
  const copy: unknown = structuredClone(good);
  let target = copy as Record<string, unknown>;
  for (const member of members.slice(0, -1)) target = target[member] as Record<string, unknown>;
  target[members.at(-1) ?? ''] = value;
  return JSON.parse(JSON.stringify(copy));
}

/** Other files there may hold what other products accept and nobody should write. */
const PUBLISHED = ['growthbook.json', 'unleash.json'];

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
    ['rules[1].serve.split.unit[0]', ''],
    ['rules[0].when.segment', ''],
    ['requires[0].when.flag', ''],
    ['requires[0].when.attr', ''],
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
    expect(paths(checkFlag(spoilt('requires[0].when.flag', 'cta')))).toEqual(['requires[0].when.flag']);
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

  it('lets ranges of other hash profiles reach beyond 1, since their positions do', () => {
    const last = (hash: string, to: number) => {
      const { split } = (good.rules[1]?.serve ?? {}) as { split?: object };
      const arms = [{ variant: 'a', in: [[0.5, to]] }];
      return paths(checkSplit({ ...split, hash, arms }));
    };
    expect([last('launchdarkly', 2), last('flagsmith', 1 + 1e-9)]).toEqual([[], []]);
    expect([last('launchdarkly', 2.1), last('native', 1 + 1e-9)]).toEqual([['arms[0].in[0]'], ['arms[0].in[0]']]);
    const bucket = { salt: 's', unit: ['id'], hash: 'posthog', in: [[0, 1 + 1e-9]] };
    expect(checkCondition({ bucket })).toEqual([]);
    expect(paths(checkCondition({ bucket: { ...bucket, hash: undefined } }))).toEqual(['bucket.in[0]']);
  });

  it('accepts every flag of the published vectors as an import', () => {
    const published = vectorFiles('rules', '.json').filter((name) => PUBLISHED.includes(name));
    const flags = published.flatMap((name) =>
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
