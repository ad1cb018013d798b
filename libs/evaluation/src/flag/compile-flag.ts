import { bucketUse } from '../condition/bucket-use.js';
import { compilePredicate } from '../condition/compile-condition.js';
import { arrayOf, isObject, textOf } from '../condition/json.js';
import type { Cond, Flag, Json, Split } from '../definition.js';
import { constantResult, errorResult, type EvaluationResult, type Reason } from '../result.js';
import type { Predicate, Run } from '../run.js';
import { compileSplitFunctions } from '../split/compile-split.js';
import { compiledRule, compileRules, type CompiledRule, type Serving } from './rule-table.js';

/** A flag as a function of an evaluation. It knows other flags, segments and lists only by name. */
export type CompiledFlag = (run: Run) => EvaluationResult;

interface CompiledRequirement {
  readonly when: Predicate;
  readonly failed: EvaluationResult;
}

/** Nothing is written: one object for all flags. */
const CODE_DEFAULT = constantResult({ on: true, reason: 'DEFAULT' });

function variantResult(flag: Flag, variant: string, reason: Reason, ruleId: string | undefined): EvaluationResult {
  const { variants } = flag;
  if (!isObject(variants) || !Object.hasOwn(variants, variant)) return errorResult('VARIANT_NOT_FOUND');
  return constantResult({ value: variants[variant] as Json, variant, on: true, reason, ruleId });
}

function offResult(flag: Flag, reason: Reason, ids: { ruleId?: string; prerequisite?: string } = {}): EvaluationResult {
  const { off } = flag;
  if (typeof off !== 'string') return constantResult({ reason, ...ids });
  const { value, variant, error } = variantResult(flag, off, reason, undefined);
  return error === undefined ? constantResult({ value, variant, reason, ...ids }) : errorResult(error);
}

function compileSplitServing(flag: Flag, split: Split, ruleId: string | undefined): Serving {
  const { arms, decide } = compileSplitFunctions(split);
  const results = arms.map((arm) => (arm.passes ? undefined : variantResult(flag, arm.variant, 'SPLIT', ruleId)));
  return (run) => {
    const outcome = decide(run.context, run);
    if (!outcome.enrolled) return undefined;
    (run.exposures ??= []).push(outcome.exposure);
    if (outcome.stickyWrite !== undefined) (run.stickyWrites ??= []).push(outcome.stickyWrite);
    return results[outcome.armIndex];
  };
}

/** Serves one variant: by SPLIT if the condition hashed, itself or in a segment it names. */
function compileVariant(flag: Flag, variant: string, when: Cond, ruleId: string): EvaluationResult | Serving {
  const { direct, segments } = bucketUse(when);
  if (direct || segments.length === 0) {
    return variantResult(flag, variant, direct ? 'SPLIT' : 'TARGETING_MATCH', ruleId);
  }
  const split = variantResult(flag, variant, 'SPLIT', ruleId);
  const targeted = variantResult(flag, variant, 'TARGETING_MATCH', ruleId);
  return (run) => (segments.some((key) => run.environment.isBucketed(key)) ? split : targeted);
}

/** What a rule serves whom it fits; undefined when that is nothing. */
function compileServe(flag: Flag, serve: unknown, when: Cond, ruleId: string): EvaluationResult | Serving | undefined {
  if (!isObject(serve)) return undefined;
  if (isObject(serve.split)) return compileSplitServing(flag, serve.split as unknown as Split, ruleId);
  if (typeof serve.variant === 'string') return compileVariant(flag, serve.variant, when, ruleId);
  return serve.off === true ? offResult(flag, 'DISABLED', { ruleId }) : undefined;
}

function compileRule(flag: Flag, rule: unknown): CompiledRule {
  const { id, when, serve } = isObject(rule) ? rule : {};
  return compiledRule(when, compilePredicate(when), compileServe(flag, serve, when as Cond, textOf(id)));
}

/** What is served when no rule yields; the code's default when nothing is written, or a default split yields nothing. */
function compileDefault(flag: Flag): CompiledFlag {
  const serve: unknown = flag.default;
  if (!isObject(serve)) return () => CODE_DEFAULT;
  if (isObject(serve.split)) {
    const serving = compileSplitServing(flag, serve.split as unknown as Split, undefined);
    return (run) => serving(run) ?? CODE_DEFAULT;
  }
  const reason = arrayOf(flag.rules).length === 0 ? 'STATIC' : 'DEFAULT';
  if (typeof serve.variant === 'string') {
    const served = variantResult(flag, serve.variant, reason, undefined);
    return () => served;
  }
  if (serve.off !== true) return () => CODE_DEFAULT;
  const off = offResult(flag, 'DISABLED');
  return () => off;
}

function compileRequirement(flag: Flag, requirement: unknown): CompiledRequirement {
  const { id, when } = isObject(requirement) ? requirement : {};
  const failed = offResult(flag, 'PREREQUISITE_FAILED', { prerequisite: textOf(id) });
  return { when: compilePredicate(when), failed };
}

/**
 * Turns a flag into a function: off, then requirements in order, then rules in order (the first that yields something), then
 * the default. Every result it can give exists before it is asked.
 */
export function compileFlag(flag: Flag): CompiledFlag {
  if (flag.on !== true) {
    const disabled = offResult(flag, 'DISABLED');
    return () => disabled;
  }
  const requirements = arrayOf(flag.requires).map((requirement) => compileRequirement(flag, requirement));
  const rules = compileRules(arrayOf(flag.rules).map((rule) => compileRule(flag, rule)));
  const otherwise = compileDefault(flag);
  return (run) => {
    for (const { when, failed } of requirements) if (!when(run.context, run)) return failed;
    return rules(run) ?? otherwise(run);
  };
}
