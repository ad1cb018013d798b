import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { conditions, definitions, flagKeys } from '../reference/definitions.js';
import { contexts, evaluationOptions } from '../reference/contexts.js';
import { slowEvaluate, slowMatches } from '../reference/interpreter.js';
import { applyStickyWrites, compileDefinitions, explain } from './index.js';
import type { CompiledDefinitions, Context, Definitions, EvaluationOptions, EvaluationResult } from './index.js';

/**
 * Random (definition, context) pairs: a moderate number on every run, as many as one likes by ASSAY_FUZZ_RUNS. Seeds are other
 * ones each time, unless ASSAY_FUZZ_SEED asks for the pairs of a run that has told its seed.
 */
const PAIRS = Number(process.env.ASSAY_FUZZ_RUNS ?? 10_000);
const seed = Number(process.env.ASSAY_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CONTEXTS_PER_DEFINITION = 10;
const numRuns = Math.ceil(PAIRS / (CONTEXTS_PER_DEFINITION * flagKeys.length));

const someContexts = fc.array(contexts, { minLength: CONTEXTS_PER_DEFINITION, maxLength: CONTEXTS_PER_DEFINITION });

/** The result as the reference gives it: nothing for what is absent, no bucket number, documents instead of writes. */
function comparable(result: EvaluationResult, options: EvaluationOptions): unknown {
  const { stickyWrites, exposures, ...decided } = result;
  return {
    ...Object.fromEntries(Object.entries(decided).filter(([, value]) => value !== undefined)),
    exposures: exposures.map(({ bucket: _bucket, ...exposure }) => exposure),
    stickyAfter: applyStickyWrites(options.sticky ?? {}, stickyWrites),
  };
}

/** As `toEqual`, which is too slow to be asked a million times. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function forEachPair(
  definition: Definitions,
  subjects: readonly Context[],
  check: (compiled: CompiledDefinitions, key: string, context: Context) => void,
): void {
  const compiled = compileDefinitions(definition);
  for (const context of subjects) for (const key of flagKeys) check(compiled, key, context);
}

describe('the compiled engine', () => {
  it('agrees with the reference interpreter on every flag and context', () => {
    fc.assert(
      fc.property(definitions, someContexts, evaluationOptions, (definition, subjects, options) => {
        forEachPair(definition, subjects, (compiled, key, context) => {
          const actual = comparable(compiled.evaluate(key, context, options), options);
          expectEqual(actual, slowEvaluate(definition, key, context, options));
        });
      }),
      { seed, numRuns },
    );
  });

  it('agrees with the reference interpreter on conditions alone', () => {
    fc.assert(
      fc.property(definitions, conditions, someContexts, (definition, cond, subjects) => {
        const compiled = compileDefinitions(definition);
        for (const context of subjects) {
          expect(compiled.matches(cond, context)).toBe(slowMatches(definition, cond, context));
        }
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    );
  });

  it('explains every result by steps that lead to it', () => {
    fc.assert(
      fc.property(definitions, someContexts, evaluationOptions, (definition, subjects, options) => {
        forEachPair(definition, subjects, (compiled, key, context) => {
          const { result, steps } = explain(compiled, key, context, options);
          expectEqual(result, compiled.evaluate(key, context, options));
          if (result.error !== undefined) return;
          const last = steps.at(-1);
          if (result.ruleId !== undefined) expect(last).toMatchObject({ kind: 'rule', id: result.ruleId });
          else if (result.prerequisite !== undefined)
            expect(last).toMatchObject({ kind: 'requirement', id: result.prerequisite });
          else expect(['switch', 'default']).toContain(last?.kind);
        });
      }),
      { seed, numRuns: Math.ceil(numRuns / 5) },
    );
  });

  it('answers the same after a change as when everything is compiled anew', () => {
    fc.assert(
      fc.property(definitions, definitions, someContexts, (before, after, subjects) => {
        const change = {
          flags: { f0: after.flags?.f0 ?? null, f1: null },
          segments: { s0: after.segments?.s0 ?? null },
          lists: { l0: after.lists?.l0 ?? null },
        };
        const changed = compileDefinitions(before).with(change);
        const anew = compileDefinitions({
          flags: replaced(before.flags, change.flags),
          segments: replaced(before.segments, change.segments),
          lists: replaced(before.lists, change.lists),
        });
        for (const context of subjects) {
          for (const key of flagKeys) expectEqual(changed.evaluate(key, context), anew.evaluate(key, context));
        }
      }),
      { seed, numRuns: Math.ceil(numRuns / 10) },
    );
  });
});

function replaced<T>(
  table: Readonly<Record<string, T>> | undefined,
  changes: Readonly<Record<string, T | null>>,
): Readonly<Record<string, T>> {
  const entries = Object.entries<T | null>({ ...table, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== null));
}
