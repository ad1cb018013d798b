import { compilePredicate } from '../condition/compile-condition.js';
import { isObject } from '../condition/json.js';
import type { Cond, Context, Split } from '../definition.js';
import type { EvaluationOptions } from '../result.js';
import { Run } from '../run.js';
import { compileSplitFunctions, type SplitOutcome } from '../split/compile-split.js';
import { CompiledDefinitions } from './compile-definitions.js';

const NO_OPTIONS: EvaluationOptions = {};

/**
 * Compiles a condition that belongs to no flag (an experiment's targeting, a preview of a segment).
 * @param environment where segments, lists and flags that it names are found
 */
export function compileCondition(
  cond: Cond,
  environment: CompiledDefinitions = CompiledDefinitions.EMPTY,
): (context: Context, options?: EvaluationOptions) => boolean {
  const predicate = compilePredicate(cond);
  return (context, options) => environment.holds(predicate, context, options);
}

/**
 * Compiles a split that belongs to no flag (an experiment). The outcome says the arm, or why the unit has none; exposures
 * of flags that `enroll` reads are not part of it.
 */
export function compileSplit(
  split: Split,
  environment: CompiledDefinitions = CompiledDefinitions.EMPTY,
): (context: Context, options?: EvaluationOptions) => SplitOutcome {
  const { decide } = compileSplitFunctions(split);
  return (context, options = NO_OPTIONS) => {
    const subject = isObject(context) ? context : {};
    return decide(subject, new Run(environment, subject, options, undefined));
  };
}
