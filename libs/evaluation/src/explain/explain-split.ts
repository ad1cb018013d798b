import { isObject } from '../condition/json.js';
import type { Context, Split } from '../definition.js';
import { CompiledDefinitions } from '../flag/compile-definitions.js';
import type { EvaluationOptions } from '../result.js';
import { Run } from '../run.js';
import { compileSplitFunctions, enrollParts } from '../split/compile-split.js';
import { rangesOf } from '../split/ranges.js';
import { explainParts, explainPosition, type Scene } from './explain-condition.js';
import type { SplitTrace } from './trace.js';

/** How a split decided, within an evaluation. */
export function traceSplit(split: Split, scene: Scene, path: string): SplitTrace {
  const { arms, decide, experiment } = compileSplitFunctions(split);
  const outcome = decide(scene.subject, scene.run);
  const asked = outcome.enrolled
    ? !outcome.exposure.forced && !outcome.exposure.sticky
    : outcome.reason === 'NOT_ADMITTED' || outcome.reason === 'NO_ARM';
  const whole = isObject(split.enroll) && 'all' in split.enroll;
  const enrollPath = whole ? `${path}.enroll.all` : `${path}.enroll`;
  return {
    experiment,
    position: explainPosition(split, scene),
    enroll: asked ? explainParts(enrollParts(split.enroll), scene, enrollPath, false) : [],
    arms: arms.map(({ key, variant }, index) => ({ key, variant, ranges: rangesOf(split.arms[index]?.in) })),
    outcome,
  };
}

/** Explains a split that belongs to no flag: unit, hash input, position, what admission asked, ranges, outcome. */
export function explainSplit(
  split: Split,
  context: Context,
  options: EvaluationOptions = {},
  definitions: CompiledDefinitions = CompiledDefinitions.EMPTY,
): SplitTrace {
  const subject = isObject(context) ? context : {};
  return traceSplit(split, { definitions, subject, run: new Run(definitions, subject, options, undefined) }, 'split');
}
