import fc from 'fast-check';
import { compile, flag, isNorway, rule } from '../../reference/small-flags.js';
import { compileDefinitions, compileSplit, explain } from '../index.js';
import type { Cond, Definitions, Split } from '../index.js';

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
