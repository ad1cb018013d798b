import fc from 'fast-check';
import { slowEvaluate } from '../../reference/interpreter.js';
import type { Cond, Context, Flag, Rule } from '../definition.js';
import { compileDefinitions } from './compile-definitions.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const value = fc.constantFrom<string | number | boolean | null | string[]>('x', 'y', 'z', 1, true, null, ['x', 'q']);
const guard = fc.record({
  attr: fc.constantFrom(...names),
  op: fc.constant('in' as const),
  values: fc.array(fc.constantFrom<string | number>('x', 'y', 'z', 1), { minLength: 1, maxLength: 3 }),
  as: fc.option(fc.constant('string' as const), { nil: undefined }),
});
const condition: fc.Arbitrary<Cond> = fc.oneof(
  { weight: 5, arbitrary: guard.map(({ as, ...leaf }) => (as === undefined ? leaf : { ...leaf, as })) },
  { weight: 1, arbitrary: fc.tuple(guard, guard).map(([first, second]) => ({ all: [strip(first), strip(second)] })) },
  { weight: 1, arbitrary: fc.constant<Cond>({ attr: 'f', op: 'exists' }) },
);
const strip = ({ as: _as, ...leaf }: { as?: unknown; attr: string; op: 'in'; values: (string | number)[] }): Cond =>
  leaf;
const arms = [{ key: 'arm', variant: 'split', in: [[0, 0.5]] as const }];
const serve = fc.constantFrom<Rule['serve']>(
  { variant: 'first' },
  { variant: 'second' },
  { off: true },
  { split: { key: 'e', unit: ['unit'], salt: 'e', arms } },
);
const rules = fc.array(fc.record({ when: condition, serve }), { minLength: 4, maxLength: 12 });
const context: fc.Arbitrary<Context> = fc
  .record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
  .chain((some) => fc.nat(20).map((unit) => ({ ...some, unit: `u${unit}` })));

it('many rules on various attributes serve what they serve one after the other', () => {
  fc.assert(
    fc.property(rules, fc.array(context, { minLength: 10, maxLength: 10 }), (written, contexts) => {
      const flag: Flag = {
        key: 'flag',
        type: 'string',
        on: true,
        variants: { first: '1', second: '2', split: '3' },
        off: null,
        rules: written.map((rule, index) => ({ id: `r${index}`, ...rule })),
        default: { variant: 'first' },
      };
      const definitions = { flags: { flag } };
      const compiled = compileDefinitions(definitions);
      for (const each of contexts) {
        const { value: served, variant, reason, ruleId } = compiled.evaluate('flag', each);
        const slow = slowEvaluate(definitions, 'flag', each, {}) as unknown as Record<string, unknown>;
        expect([served, variant, reason, ruleId]).toEqual([
          slow['value'],
          slow['variant'],
          slow['reason'],
          slow['ruleId'],
        ]);
      }
    }),
    { numRuns: 400 },
  );
});
