import { compile, flag, isNorway, rule, split } from '../../reference/small-flags.js';
import { compileDefinitions } from '../index.js';
import type { Cond, Rule, Split } from '../index.js';

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

  it('after many others leaves each state as it was', () => {
    const states = [compile(flag('kept'), flag('f0'))];
    for (let index = 0; index < 400; index += 1) {
      const change = { [`f${index}`]: null, [`f${index + 1}`]: flag(`f${index + 1}`) };
      states.push((states.at(-1) ?? compile()).with({ flags: change }));
    }
    for (const [index, state] of states.entries()) {
      expect(state.flagKeys()).toEqual(['kept', `f${index}`]);
      expect(state.evaluate(`f${index}`, {}).variant).toBe('a');
      expect(state.evaluate(`f${index - 1}`, {}).error).toBe('FLAG_NOT_FOUND');
      expect(state.evaluate('kept', {})).toBe(states[0]?.evaluate('kept', {}));
    }
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
