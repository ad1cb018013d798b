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
  readonly serving: Serving;
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

interface GuardedRule {
  readonly rule: CompiledRule;
  readonly guard: Guard | undefined;
}

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
    const { when, serving } = only;
    return (run) => (when(run.context, run) ? serving(run) : undefined);
  }
  return (run) => {
    const subject = run.context;
    for (const { when, serving } of rules) {
      if (!when(subject, run)) continue;
      const result = serving(run);
      if (result !== undefined) return result;
    }
    return undefined;
  };
}

/** Rules with guards on one attribute: its value leads to those that can match. An array may fit several, so ask each. */
function byValue(guarded: readonly GuardedRule[], { attribute, asText }: Guard): Serving {
  const rules = new Map<unknown, CompiledRule[]>();
  for (const { rule, guard } of guarded) {
    for (const value of new Set(guard?.values)) {
      const group = rules.get(value);
      if (group === undefined) rules.set(value, [rule]);
      else group.push(rule);
    }
  }
  const table = new Map([...rules].map(([value, group]) => [value, inOrder(group)]));
  const each = inOrder(guarded.map(({ rule }) => rule));
  return (run) => {
    const value = run.context[attribute];
    if (typeof value === 'object' && value !== null) return each(run);
    return table.get(asText ? castString(value) : value)?.(run);
  };
}

/**
 * Rules with guards on different attributes. A context has few attributes and the rules name many, so the context is gone
 * through, not the rules: what none of its attributes leads to cannot match. When several may, they are asked in order.
 */
function byAttribute(guarded: readonly GuardedRule[]): Serving {
  const rules = guarded.map(({ rule }) => rule);
  const wanted = guarded.map(({ guard }) => new Set<unknown>(guard?.values));
  const positions = new Map<string, number[]>();
  guarded.forEach(({ guard }, position) => {
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
    return rule?.when(subject, run) === true ? rule.serving(run) : undefined;
  };
}

/** Neighbours with guards on the same attribute, or without guards. */
function neighbours(rules: readonly GuardedRule[]): readonly (readonly GuardedRule[])[] {
  const groups: GuardedRule[][] = [];
  for (const next of rules) {
    const group = groups.at(-1);
    const guard = group?.[0]?.guard;
    const alike = guard?.attribute === next.guard?.attribute && guard?.asText === next.guard?.asText;
    if (group !== undefined && alike) group.push(next);
    else groups.push([next]);
  }
  return groups;
}

/** The rules of a flag in order: the first that yields something wins. */
export function compileRules(rules: readonly CompiledRule[]): Serving {
  if (rules.length < TABLE_FROM) return inOrder(rules);
  const sections: CompiledRule[] = [];
  let waiting: GuardedRule[] = [];
  const endWaiting = (): void => {
    if (waiting.length < TABLE_FROM) sections.push(...waiting.map(({ rule }) => rule));
    else sections.push({ cond: true, when: always, serving: byAttribute(waiting) });
    waiting = [];
  };
  for (const group of neighbours(rules.map((rule) => ({ rule, guard: guardOf(rule.cond) })))) {
    const guard = group[0]?.guard;
    if (guard !== undefined && group.length < TABLE_FROM) {
      waiting.push(...group);
      continue;
    }
    endWaiting();
    if (guard === undefined) sections.push(...group.map(({ rule }) => rule));
    else sections.push({ cond: true, when: always, serving: byValue(group, guard) });
  }
  endWaiting();
  const [only] = sections;
  return sections.length === 1 && only?.when === always ? only.serving : inOrder(sections);
}
