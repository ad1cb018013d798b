import { arrayOf, isObject, textOf } from '../condition/json.js';
import type { Context, Flag, Split } from '../definition.js';
import type { CompiledDefinitions } from '../flag/compile-definitions.js';
import type { EvaluationOptions } from '../result.js';
import { Run } from '../run.js';
import { explainCondition, type Scene } from './explain-condition.js';
import { traceSplit } from './explain-split.js';
import type { Explanation, ServeTrace, Step } from './trace.js';

function explainServe(serve: unknown, scene: Scene, path: string): ServeTrace {
  if (!isObject(serve)) return { kind: 'nothing' };
  if (isObject(serve.split)) {
    return { kind: 'split', split: traceSplit(serve.split as unknown as Split, scene, `${path}.split`) };
  }
  if (typeof serve.variant === 'string') return { kind: 'variant', variant: serve.variant };
  return { kind: serve.off === true ? 'off' : 'nothing' };
}

/** Whether the evaluation ends here: a split may have no arm for the unit, or one that lets it through. */
function decides(serve: ServeTrace | null, served: unknown): boolean {
  if (serve === null || serve.kind === 'nothing') return false;
  if (serve.kind !== 'split') return true;
  const { outcome } = serve.split;
  const split = isObject(served) && isObject(served.split) ? served.split : {};
  const arm = outcome.enrolled ? arrayOf(split.arms)[outcome.armIndex] : undefined;
  return isObject(arm) && arm.continue !== true;
}

function explainRequirements(flag: Flag, scene: Scene): Step[] {
  const steps: Step[] = [];
  for (const [index, requirement] of arrayOf(flag.requires).entries()) {
    const { id, when } = isObject(requirement) ? requirement : {};
    const condition = explainCondition(when, scene, `requires[${index}].when`);
    steps.push({ kind: 'requirement', id: textOf(id), condition });
    if (condition.matched !== true) break;
  }
  return steps;
}

function explainRules(flag: Flag, scene: Scene): Step[] {
  const steps: Step[] = [];
  for (const [index, rule] of arrayOf(flag.rules).entries()) {
    const { id, when, serve } = isObject(rule) ? rule : {};
    const condition = explainCondition(when, scene, `rules[${index}].when`);
    const served = condition.matched === true ? explainServe(serve, scene, `rules[${index}].serve`) : null;
    steps.push({ kind: 'rule', id: textOf(id), condition, serve: served });
    if (decides(served, serve)) return steps;
  }
  return [...steps, { kind: 'default', serve: explainServe(flag.default, scene, 'default') }];
}

/**
 * Explains an evaluation step by step: switch, requirements, rules with each condition and the value it saw, hash inputs,
 * positions, ranges. Slow, for people; `result` is what `evaluate` answers, and the last step is the one that led to it.
 */
export function explain(
  definitions: CompiledDefinitions,
  key: string,
  context: Context,
  options: EvaluationOptions = {},
): Explanation {
  const result = definitions.evaluate(key, context, options);
  const flag = definitions.flag(key);
  if (flag === undefined) return { key, result, steps: [] };
  const subject = isObject(context) ? context : {};
  const scene: Scene = { definitions, subject, run: new Run(definitions, subject, options, key) };
  const steps: Step[] = [{ kind: 'switch', on: flag.on === true }];
  if (flag.on !== true) return { key, result, steps };
  steps.push(...explainRequirements(flag, scene));
  const last = steps.at(-1);
  const failed = last?.kind === 'requirement' && last.condition.matched !== true;
  return { key, result, steps: failed ? steps : [...steps, ...explainRules(flag, scene)] };
}
