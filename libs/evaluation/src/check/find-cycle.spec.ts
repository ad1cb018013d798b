import fc from 'fast-check';
import { contexts } from '../../reference/contexts.js';
import { definitions, flagKeys } from '../../reference/definitions.js';
import { good } from '../../reference/good-flag.js';
import { compileDefinitions, findCycle, placedDependencies, placedFlagDependencies } from '../index.js';
import type { Cond, Flag } from '../index.js';

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

  it('knows the member that names each dependency', () => {
    const split = { salt: 'e', unit: ['u'], enroll: { any: [false, { segment: 's' }] }, arms: [] };
    const flag = {
      ...good,
      requires: [{ id: 'q', when: { flag: 'p', attr: 'on', op: 'exists' } }],
      rules: [{ id: 'r', when: { all: [{ not: { flag: 'x', attr: 'on', op: 'exists' } }] }, serve: { split } }],
      default: { split: { ...split, enroll: { some: 'items', where: { segment: 't' } } } },
    };
    expect(placedFlagDependencies(flag).map(({ path, on }) => `${path} ${on.key}`)).toEqual([
      'requires[0].when.flag p',
      'rules[0].when.all[0].not.flag x',
      'rules[0].serve.split.enroll.any[1].segment s',
      'default.split.enroll.where.segment t',
    ]);
    expect(placedDependencies({ segment: 's' }, 'condition')).toMatchObject([{ path: 'condition.segment' }]);
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
