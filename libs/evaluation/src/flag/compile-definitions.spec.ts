import fc from 'fast-check';
import { compileCondition, compileDefinitions, compileSplit, explain } from '../index.js';
import type { Cond, Definitions, Flag, Rule, Split } from '../index.js';

function flag(key: string, fields: Partial<Flag> = {}): Flag {
  const variants = { a: 'A', b: 'B', off: 'OFF' };
  return { key, type: 'string', on: true, off: 'off', variants, rules: [], default: { variant: 'a' }, ...fields };
}

const isNorway: Cond = { attr: 'country', op: 'in', values: ['NO'] };
const rule = (id: string, when: Cond, variant = 'b'): Rule => ({ id, when, serve: { variant } });
const split = (fields: Partial<Split> = {}): Split => ({
  key: 'exp',
  salt: 'exp',
  unit: ['userId'],
  arms: [{ key: 'only', variant: 'b', in: [[0, 1]] }],
  ...fields,
});
const needs = (key: string, wanted = true): Cond => ({ flag: key, attr: 'on', op: 'in', values: [wanted] });

function compile(...flags: Flag[]) {
  return compileDefinitions({ flags: Object.fromEntries(flags.map((each) => [each.key, each])) });
}

describe('evaluation', () => {
  it('goes from the switch over requirements and rules to the default', () => {
    const definitions = compile(
      flag('static'),
      flag('off', { on: false, rules: [rule('r', true)] }),
      flag('silent', { on: false, off: null }),
      flag('gated', { requires: [{ id: 'gate', when: isNorway }], rules: [rule('r', true)] }),
      flag('targeted', { rules: [rule('r0', isNorway), rule('r1', { attr: 'plan', op: 'in', values: ['pro'] }, 'a')] }),
      flag('closed', { rules: [{ id: 'r', when: isNorway, serve: { off: true } }] }),
    );
    const evaluate = (key: string, context = {}) => definitions.evaluate(key, context);
    expect(evaluate('static')).toMatchObject({ value: 'A', variant: 'a', on: true, reason: 'STATIC' });
    expect(evaluate('off')).toMatchObject({ value: 'OFF', variant: 'off', on: false, reason: 'DISABLED' });
    expect(evaluate('silent')).toMatchObject({ value: null, variant: null, on: false, reason: 'DISABLED' });
    expect(evaluate('gated')).toMatchObject({
      variant: 'off',
      on: false,
      reason: 'PREREQUISITE_FAILED',
      prerequisite: 'gate',
    });
    expect(evaluate('gated', { country: 'NO' })).toMatchObject({
      variant: 'b',
      reason: 'TARGETING_MATCH',
      ruleId: 'r',
    });
    expect(evaluate('targeted', { country: 'NO', plan: 'pro' })).toMatchObject({ variant: 'b', ruleId: 'r0' });
    expect(evaluate('targeted', { plan: 'pro' })).toMatchObject({ variant: 'a', ruleId: 'r1' });
    expect(evaluate('targeted')).toMatchObject({ variant: 'a', reason: 'DEFAULT', ruleId: undefined });
    expect(evaluate('closed', { country: 'NO' })).toMatchObject({
      variant: 'off',
      on: false,
      reason: 'DISABLED',
      ruleId: 'r',
    });
    expect(evaluate('absent')).toMatchObject({ value: null, on: false, reason: 'ERROR', error: 'FLAG_NOT_FOUND' });
  });

  it('leaves the value to the code when nothing else is written, which is not off', () => {
    const { default: _default, ...bare } = flag('bare', { rules: [rule('r', false)] });
    expect(compile(bare).evaluate('bare', {})).toMatchObject({
      value: null,
      variant: null,
      on: true,
      reason: 'DEFAULT',
    });
  });

  it('goes on with the next rule when a split yields nothing', () => {
    const miss = (fields: Partial<Split>): Rule => ({ id: 'miss', when: true, serve: { split: split(fields) } });
    const definitions = compile(
      flag('no-arm', { rules: [miss({ arms: [{ key: 'x', variant: 'a', in: [[0, 0]] }] }), rule('next', true)] }),
      flag('no-unit', { rules: [miss({ unit: ['absent'] }), rule('next', true)] }),
      flag('not-admitted', { rules: [miss({ enroll: false }), rule('next', true)] }),
    );
    for (const key of definitions.flagKeys()) {
      expect(definitions.evaluate(key, { userId: 'u' })).toMatchObject({ ruleId: 'next', exposures: [] });
    }
  });

  it('records a holdout arm that lets its unit through, and goes on', () => {
    const holdout = split({
      key: 'holdout',
      salt: 'holdout',
      arms: [{ key: 'pass', variant: 'a', in: [[0, 1]], continue: true }],
    });
    const definitions = compile(
      flag('f', {
        rules: [
          { id: 'h', when: true, serve: { split: holdout } },
          { id: 'e', when: true, serve: { split: split() } },
        ],
      }),
    );
    const result = definitions.evaluate('f', { userId: 'u' });
    expect(result).toMatchObject({ variant: 'b', reason: 'SPLIT', ruleId: 'e' });
    expect(result.exposures.map(({ experiment, arm }) => [experiment, arm])).toEqual([
      ['holdout', 'pass'],
      ['exp', 'only'],
    ]);
  });

  it('calls it a split when a hash took part, be it in a segment', () => {
    const bucket: Cond = { bucket: { salt: 's', unit: ['userId'], in: [[0, 1]] } };
    const definitions = compileDefinitions({
      flags: {
        direct: flag('direct', { rules: [rule('r', { all: [true, bucket] })] }),
        nested: flag('nested', { rules: [rule('r', { segment: 'outer' })] }),
        plain: flag('plain', { rules: [rule('r', { segment: 'plain' })] }),
      },
      segments: { outer: { any: [{ segment: 'inner' }] }, inner: bucket, plain: true },
    });
    const reason = (key: string): string => definitions.evaluate(key, { userId: 'u' }).reason;
    expect([reason('direct'), reason('nested'), reason('plain')]).toEqual(['SPLIT', 'SPLIT', 'TARGETING_MATCH']);
    const changed = definitions.with({ segments: { inner: true, plain: bucket } });
    expect(changed.evaluate('nested', { userId: 'u' }).reason).toBe('TARGETING_MATCH');
    expect(changed.evaluate('plain', { userId: 'u' }).reason).toBe('SPLIT');
  });

  it('finds any of many rules on one attribute, in their order', () => {
    const targets = Array.from({ length: 20 }, (_, index) =>
      rule(`r${index}`, { attr: 'plan', op: 'in', values: [`p${index}`, `q${index % 5}`] }),
    );
    const definitions = compile(flag('f', { rules: [...targets, rule('last', isNorway)] }));
    const ruleId = (plan: unknown, country = ''): string | undefined =>
      definitions.evaluate('f', { plan, country }).ruleId;
    expect(ruleId('p13')).toBe('r13');
    expect(ruleId('q3')).toBe('r3');
    expect(ruleId(['zzz', 'p7', 'p9'])).toBe('r7');
    expect(ruleId('zzz', 'NO')).toBe('last');
    expect(ruleId(undefined)).toBeUndefined();
  });

  it('takes the moment from its options, over one in the context', () => {
    const definitions = compile(
      flag('f', { rules: [rule('r', { attr: '/$now', as: 'date', op: 'gte', value: '2026-01-01T00:00:00Z' })] }),
    );
    const start = Date.UTC(2026, 0, 1);
    expect(definitions.evaluate('f', {}, { now: start }).ruleId).toBe('r');
    expect(definitions.evaluate('f', { $now: start }, { now: start - 1 }).ruleId).toBeUndefined();
    expect(definitions.evaluate('f', { $now: start }).ruleId).toBe('r');
    expect(definitions.evaluate('f', {}).ruleId).toBeUndefined();
  });

  it('gives the code its default when the value has another type than it asks for', () => {
    const definitions = compile(flag('f', { rules: [{ id: 'e', when: true, serve: { split: split() } }] }));
    expect(definitions.evaluate('f', { userId: 'u' }, { type: 'boolean' })).toMatchObject({
      value: null,
      error: 'TYPE_MISMATCH',
      exposures: [],
    });
    expect(definitions.evaluate('f', { userId: 'u' }, { type: 'string' })).toMatchObject({ value: 'B' });
    expect(definitions.evaluate('f', { userId: 'u' }, { type: 'json' })).toMatchObject({ value: 'B' });
    const off = compile(flag('f', { on: false, off: null }));
    expect(off.evaluate('f', {}, { type: 'number' })).toMatchObject({ reason: 'DISABLED', error: undefined });
  });

  it('says so when a rule names a variant that does not exist', () => {
    const definitions = compile(flag('f', { rules: [rule('r', true, 'absent')] }));
    expect(definitions.evaluate('f', {})).toMatchObject({ reason: 'ERROR', error: 'VARIANT_NOT_FOUND' });
  });
});

describe('prerequisites', () => {
  const parent = flag('parent', { rules: [rule('r', isNorway)], default: { off: true } });

  it('are read from the result of another flag in the same context', () => {
    const child = flag('child', {
      requires: [
        { id: 'p', when: { all: [needs('parent'), { flag: 'parent', attr: '/value', op: 'in', values: ['B'] }] } },
      ],
    });
    const definitions = compile(parent, child);
    expect(definitions.evaluate('child', { country: 'NO' })).toMatchObject({ variant: 'a' });
    expect(definitions.evaluate('child', {})).toMatchObject({ variant: 'off', prerequisite: 'p' });
  });

  it('that do not exist are off and have no value', () => {
    const definitions = compile(flag('child', { rules: [rule('r', needs('ghost', false)), rule('s', true)] }));
    expect(definitions.evaluate('child', {}).ruleId).toBe('r');
    expect(definitions.matches({ flag: 'ghost', attr: 'value', op: 'exists' }, {})).toBe(false);
  });

  it('record the exposure of the parent each time it is read', () => {
    const experiment = flag('parent', { rules: [{ id: 'e', when: true, serve: { split: split() } }] });
    const child = flag('child', {
      rules: [rule('r', { all: [needs('parent'), { flag: 'parent', attr: 'variant', op: 'in', values: ['b'] }] })],
    });
    const { exposures } = compile(experiment, child).evaluate('child', { userId: 'u' });
    expect(exposures.map(({ experiment: key }) => key)).toEqual(['exp', 'exp']);
  });

  it('may share a parent, but not lead back', () => {
    const diamond = compile(
      parent,
      flag('left', { rules: [rule('r', needs('parent'))], default: { off: true } }),
      flag('right', { rules: [rule('r', { all: [needs('parent'), needs('left')] })] }),
    );
    expect(diamond.evaluate('right', { country: 'NO' })).toMatchObject({ ruleId: 'r', error: undefined });
    const circle = compile(
      flag('x', { rules: [rule('r', { not: needs('y') })] }),
      flag('y', { requires: [{ id: 'q', when: needs('x') }] }),
      flag('z', { rules: [rule('r', needs('x'))] }),
    );
    for (const key of ['x', 'y', 'z']) {
      expect(circle.evaluate(key, {})).toMatchObject({
        value: null,
        variant: null,
        on: false,
        reason: 'ERROR',
        error: 'CYCLE',
        exposures: [],
      });
    }
  });

  it('in a long chain end as an error, not as an overflow, and cost no more when read twice', () => {
    const link = (index: number): Flag =>
      flag(`f${index}`, { rules: [rule('r', { all: [needs(`f${index + 1}`), needs(`f${index + 1}`)] })] });
    const short = compile(...Array.from({ length: 40 }, (_, index) => link(index)), flag('f40'));
    expect(short.evaluate('f0', {})).toMatchObject({ ruleId: 'r' });
    const long = compile(...Array.from({ length: 10_000 }, (_, index) => link(index)));
    expect(long.evaluate('f0', {})).toMatchObject({ error: 'TOO_DEEP' });
  });

  it('read twice over many levels do not multiply exposures without end', () => {
    const link = (index: number): Flag =>
      flag(`f${index}`, { rules: [rule('r', { all: [needs(`f${index + 1}`), needs(`f${index + 1}`)] })] });
    const bottom = flag('f30', { rules: [{ id: 'e', when: true, serve: { split: split() } }] });
    const { exposures } = compile(...Array.from({ length: 30 }, (_, index) => link(index)), bottom).evaluate('f0', {
      userId: 'u',
    });
    expect(exposures.length).toBeLessThan(3000);
  });
});

describe('segments', () => {
  it('that lead back to themselves make the evaluation an error', () => {
    const definitions = compileDefinitions({
      flags: { f: flag('f', { rules: [rule('r', { segment: 'a' })] }) },
      segments: { a: { any: [false, { segment: 'b' }] }, b: { not: { segment: 'a' } } },
    });
    expect(definitions.evaluate('f', {})).toMatchObject({ error: 'CYCLE', value: null });
    expect(definitions.matches({ not: { segment: 'a' } }, {})).toBe(false);
  });

  it('that do not exist are false', () => {
    expect(compileCondition({ segment: 'absent' })({})).toBe(false);
    expect(compileCondition({ not: { segment: 'absent' } })({})).toBe(true);
  });
});

describe('a change', () => {
  it('compiles what changed and keeps the rest as it was', () => {
    const before = compile(flag('kept'), flag('changed'), flag('removed'));
    const after = before.with({
      flags: { changed: flag('changed', { default: { variant: 'b' } }), removed: null, added: flag('added') },
    });
    // A constant result is made when its flag is compiled, so the same object says that it was not compiled again.
    expect(after.evaluate('kept', {})).toBe(before.evaluate('kept', {}));
    expect(after.evaluate('changed', {})).toMatchObject({ variant: 'b' });
    expect(after.evaluate('removed', {})).toMatchObject({ error: 'FLAG_NOT_FOUND' });
    expect(after.evaluate('added', {})).toMatchObject({ variant: 'a' });
    expect(before.evaluate('changed', {})).toMatchObject({ variant: 'a' });
    expect(before.evaluate('removed', {})).toMatchObject({ variant: 'a' });
  });

  it('of a segment or list reaches the flags that name it', () => {
    const before = compileDefinitions({
      flags: { f: flag('f', { rules: [rule('r', { segment: 's' })] }) },
      segments: { s: { attr: 'id', op: 'in', list: 'l' } },
      lists: { l: ['u1'] },
    });
    expect(before.evaluate('f', { id: 'u2' }).ruleId).toBeUndefined();
    expect(before.with({ lists: { l: ['u2'] } }).evaluate('f', { id: 'u2' }).ruleId).toBe('r');
    expect(before.with({ segments: { s: true } }).evaluate('f', { id: 'u2' }).ruleId).toBe('r');
    expect(before.with({ segments: { s: null } }).evaluate('f', { id: 'u1' }).ruleId).toBeUndefined();
  });
});

describe('definitions that are no definitions', () => {
  const spiteful = fc.constantFrom(
    'all',
    'any',
    'not',
    'attr',
    'op',
    'as',
    'values',
    'value',
    'split',
    'arms',
    'in',
    'when',
    'serve',
    'rules',
    'variants',
    'toString',
    'valueOf',
    '__proto__',
    'hash',
    'salt',
    'unit',
    'bucket',
    'hashed',
    'list',
    'flag',
    'segment',
    'some',
    'where',
    'sticky',
    'mod',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>(null, true, false, 0, 1, 'x', 'in', '', 'version', 'native', 'mod', 'matches'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(spiteful, tie('json'), { maxKeys: 5 }),
    ),
  }));

  it('compile, evaluate and explain without an exception', () => {
    fc.assert(
      fc.property(json, json, json, fc.dictionary(spiteful, json), (value, cond, list, context) => {
        fc.pre(value !== null && cond !== null && list !== null);
        const skeleton = {
          key: 'g',
          on: true,
          type: 'json',
          off: null,
          variants: { v: 1 },
          requires: [{ id: 'q', when: { not: cond } }],
          rules: [{ id: 'r', when: true, serve: value }, value],
          default: { split: value },
        };
        const definitions = compileDefinitions({
          flags: { f: value, g: skeleton },
          segments: { s: cond },
          lists: { l: list },
        } as unknown as Definitions);
        for (const key of ['f', 'g']) {
          expect(definitions.evaluate(key, context).exposures).toBeDefined();
          expect(explain(definitions, key, context).key).toBe(key);
        }
        expect(typeof definitions.matches(cond as Cond, context)).toBe('boolean');
        expect(compileSplit(value as Split)(context)).toHaveProperty('enrolled');
      }),
      { numRuns: 2000 },
    );
  });

  it('nested without end are false, not an overflow', () => {
    let cond: Cond = true;
    for (let depth = 0; depth < 100_000; depth++) cond = { all: [cond] };
    const definitions = compile(flag('f', { rules: [rule('r', cond)] }));
    expect(definitions.evaluate('f', {}).ruleId).toBeUndefined();
  });

  it('answer contexts that are none', () => {
    const definitions = compile(flag('f', { rules: [rule('r', isNorway)] }));
    for (const context of [null, undefined, 'text', 7, []]) {
      expect(definitions.evaluate('f', context as unknown as Record<string, unknown>).variant).toBe('a');
    }
  });
});
