import { always } from '../condition/constant.js';
import { castString } from '../condition/cast/string.js';
import { isObject } from '../condition/json.js';
import { leafValues } from '../condition/leaf.js';
import { plainName } from '../condition/ref.js';
import type { Leaf } from '../definition.js';
import type { EvaluationResult } from '../result.js';
import type { Predicate, Run } from '../run.js';

/** What is yielded for a context; undefined when the next rule has its turn. Exposures are left in the run. */
export type Serving = (run: Run) => EvaluationResult | undefined;

export interface CompiledRule {
  /** The condition as it was written, and compiled. */
  readonly cond: unknown;
  readonly when: Predicate;
  /** What is served to everybody whom the rule fits; undefined when `serving` has to be asked. */
  readonly result: EvaluationResult | undefined;
  readonly serving: Serving;
}

const yieldsNothing: Serving = () => undefined;

/** A rule that serves a result, always the same, or what it is asked for. */
export function compiledRule(
  cond: unknown,
  when: Predicate,
  served: EvaluationResult | Serving | undefined,
): CompiledRule {
  return typeof served === 'function'
    ? { cond, when, result: undefined, serving: served }
    : { cond, when, result: served, serving: yieldsNothing };
}

/**
 * What a rule asks first, when that is whether an attribute is among some values: without one of them the rule cannot
 * match, and nothing else of it is looked at.
 */
interface Guard {
  readonly attribute: string;
  /** The attribute is compared as text. */
  readonly asText: boolean;
  readonly values: readonly unknown[];
}

/** What a rule has as a guard, if it has one. */
type Guarded = Guard | undefined;

/** From so many neighbouring rules on, one look into a table is faster than asking each. */
const TABLE_FROM = 4;
/** A rule with more values is better asked than entered so many times. */
const MAX_VALUES = 100;
const MAX_DEPTH = 32;

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function leafGuard(leaf: Leaf): Guard | undefined {
  const { attr, as, op, flag, list, hashed, ignoreCase, negate, ifMissing } = leaf;
  const attribute = typeof attr === 'string' ? plainName(attr) : undefined;
  const plain = flag === undefined && list === undefined && hashed === undefined && ignoreCase !== true;
  const positive = op === 'in' && negate !== true && ifMissing !== true;
  if (attribute === undefined || !plain || !positive || (as !== undefined && as !== 'string')) return undefined;
  const asText = as === 'string';
  const values = asText ? leafValues(leaf).map(castString) : leafValues(leaf);
  return values.length <= MAX_VALUES && values.every(isScalar) ? { attribute, asText, values } : undefined;
}

/** The guard of a condition: of a leaf, or of the first part of an `all`. */
function guardOf(cond: unknown, depth = 0): Guard | undefined {
  if (!isObject(cond) || depth > MAX_DEPTH) return undefined;
  if (!Array.isArray(cond.all)) return leafGuard(cond as unknown as Leaf);
  const first: unknown = cond.all.find((part) => part !== true);
  return guardOf(first, depth + 1);
}

function inOrder(rules: readonly CompiledRule[]): Serving {
  const [only] = rules;
  if (rules.length === 1 && only !== undefined) {
    const { when, result, serving } = only;
    return (run) => (when(run.context, run) ? (result ?? serving(run)) : undefined);
  }
  return (run) => {
    const subject = run.context;
    for (const { when, result, serving } of rules) {
      if (!when(subject, run)) continue;
      const served = result ?? serving(run);
      if (served !== undefined) return served;
    }
    return undefined;
  };
}

interface RulesOfValue {
  readonly rules: CompiledRule[];
  serving: Serving;
}

/** Rules with guards on one attribute: its value leads to those that can match. An array may fit several, so ask each. */
function byValue(rules: readonly CompiledRule[], guards: readonly Guarded[], { attribute, asText }: Guard): Serving {
  const each = inOrder(rules);
  const table = new Map<unknown, RulesOfValue>();
  for (const [index, rule] of rules.entries()) {
    for (const value of guards[index]?.values ?? []) {
      const group = table.get(value);
      if (group === undefined) table.set(value, { rules: [rule], serving: each });
      else if (group.rules.at(-1) !== rule) group.rules.push(rule);
    }
  }
  for (const group of table.values()) {
    if (group.rules.length < rules.length) group.serving = inOrder(group.rules);
  }
  return (run) => {
    const value = run.context[attribute];
    if (typeof value === 'object' && value !== null) return each(run);
    return table.get(asText ? castString(value) : value)?.serving(run);
  };
}

/**
 * Rules with guards on different attributes. A context has few attributes and the rules name many, so the context is gone
 * through, not the rules: what none of its attributes leads to cannot match. When several may, they are asked in order.
 */
function byAttribute(rules: readonly CompiledRule[], guards: readonly Guarded[]): Serving {
  const wanted = guards.map((guard) => new Set<unknown>(guard?.values));
  const positions = new Map<string, number[]>();
  guards.forEach((guard, position) => {
    const name = guard?.attribute ?? '';
    positions.set(name, [...(positions.get(name) ?? []), position]);
  });
  const each = inOrder(rules);
  return (run) => {
    const subject = run.context;
    let found = -1;
    let seen = 0;
    for (const name in subject) {
      // A context with more attributes than there are rules.
      if (++seen > rules.length) return each(run);
      const named = positions.get(name);
      if (named === undefined) continue;
      const value = subject[name];
      for (const position of named) {
        if (typeof value === 'string' && wanted[position]?.has(value) !== true) continue;
        if (found >= 0) return each(run);
        found = position;
      }
    }
    const rule = rules[found];
    return rule?.when(subject, run) === true ? (rule.result ?? rule.serving(run)) : undefined;
  };
}

/** Where the neighbours end that have guards on the same attribute as the rule at `from`, or none as it. */
function endOfNeighbours(guards: readonly Guarded[], from: number): number {
  const first = guards[from];
  let end = from + 1;
  while (end < guards.length && guards[end]?.attribute === first?.attribute && guards[end]?.asText === first?.asText) {
    end++;
  }
  return end;
}

/** The rules of a flag in order: the first that yields something wins. */
export function compileRules(rules: readonly CompiledRule[]): Serving {
  if (rules.length < TABLE_FROM) return inOrder(rules);
  const guards = rules.map(({ cond }) => guardOf(cond));
  const sections: CompiledRule[] = [];
  // Guarded rules from here on wait for so many that a table is worth it.
  let waiting = 0;
  const endWaiting = (end: number): void => {
    const waited = rules.slice(waiting, end);
    if (waited.length < TABLE_FROM) sections.push(...waited);
    else sections.push(compiledRule(true, always, byAttribute(waited, guards.slice(waiting, end))));
  };
  for (let from = 0, end = 0; from < rules.length; from = end) {
    end = endOfNeighbours(guards, from);
    const guard = guards[from];
    if (guard !== undefined && end - from < TABLE_FROM) continue;
    endWaiting(from);
    waiting = end;
    if (guard === undefined) sections.push(...rules.slice(from, end));
    else sections.push(compiledRule(true, always, byValue(rules.slice(from, end), guards.slice(from, end), guard)));
  }
  endWaiting(rules.length);
  const [only] = sections;
  return sections.length === 1 && only?.when === always && only.result === undefined ? only.serving : inOrder(sections);
}
