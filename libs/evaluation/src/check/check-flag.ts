import { isObject } from '../condition/json.js';
import { checkCond } from './check-condition.js';
import { checkSplitFields, checkVariantName } from './check-split.js';
import { placedFlagDependencies } from './find-cycle.js';
import { memberPath, Problems, type CheckOptions, type Problem } from './problems.js';

export const MAX_RULES = 1000;

const FLAG_MEMBERS = ['key', 'type', 'on', 'variants', 'off', 'requires', 'rules', 'default'] as const;
const FLAG_TYPES = ['boolean', 'string', 'number', 'json'] as const;
const SERVE_KINDS = ['variant', 'off', 'split'] as const;

type VariantNames = ReadonlySet<string> | undefined;

function checkVariants(value: unknown, type: unknown, problems: Problems): VariantNames {
  if (!problems.expect(isObject(value), 'variants', 'must be an object: names of variants with their values')) {
    return undefined;
  }
  const variants = value as Record<string, unknown>;
  const typed = type === 'boolean' || type === 'string' || type === 'number';
  for (const [name, payload] of Object.entries(variants)) {
    const path = memberPath('variants', name);
    problems.expect(!typed || typeof payload === type, path, `must be a ${String(type)}, the type of the flag`);
  }
  return new Set(Object.keys(variants));
}

function checkServe(value: unknown, path: string, variants: VariantNames, problems: Problems): void {
  const serve = problems.object(value, path, SERVE_KINDS);
  if (serve === undefined) return;
  const given = SERVE_KINDS.filter((kind) => serve[kind] !== undefined);
  problems.expect(given.length === 1, path, `must have exactly one of ${SERVE_KINDS.join(', ')}`);
  problems.optional(serve, 'variant', path, (name, at) => checkVariantName(name, at, variants, problems));
  problems.optional(serve, 'off', path, (off, at) => problems.expect(off === true, at, 'must be true'));
  problems.optional(serve, 'split', path, (split, at) => checkSplitFields(split, at, variants, problems));
}

function checkRules(value: unknown, path: string, variants: VariantNames, problems: Problems): void {
  const rules = problems.array(value, path);
  if (!problems.expect(rules.length <= MAX_RULES, path, `must not have more than ${MAX_RULES} rules`)) return;
  const ids = new Set<unknown>();
  for (const [index, item] of rules.entries()) {
    const rulePath = memberPath(path, index);
    const rule = problems.object(item, rulePath, ['id', 'when', 'serve']);
    if (rule === undefined) continue;
    const idPath = memberPath(rulePath, 'id');
    problems.name(rule.id, idPath);
    problems.expect(!ids.has(rule.id), idPath, 'is the id of a rule before it');
    ids.add(rule.id);
    checkCond(rule.when, memberPath(rulePath, 'when'), 1, problems);
    checkServe(rule.serve, memberPath(rulePath, 'serve'), variants, problems);
  }
}

function checkRequirements(value: unknown, path: string, problems: Problems): void {
  for (const [index, item] of problems.array(value, path).entries()) {
    const requirementPath = memberPath(path, index);
    const requirement = problems.object(item, requirementPath, ['id', 'when']);
    if (requirement === undefined) continue;
    problems.name(requirement.id, memberPath(requirementPath, 'id'));
    checkCond(requirement.when, memberPath(requirementPath, 'when'), 1, problems);
  }
}

function checkOwnResult(flag: object, key: unknown, problems: Problems): void {
  for (const { path, on } of placedFlagDependencies(flag)) {
    const isOwn = on.kind === 'flag' && on.key === key;
    problems.expect(!isOwn, path, 'must not be the flag itself: it would depend on its own result');
  }
}

/**
 * The faults of a flag about to be stored; empty when it may be. Takes any JSON and does not throw. That flags do not depend
 * on each other in a circle is checked apart, by `findCycle`.
 */
export function checkFlag(value: unknown, options: CheckOptions = {}): readonly Problem[] {
  const problems = new Problems(options);
  const flag = problems.object(value, '', FLAG_MEMBERS);
  if (flag === undefined) return problems.found;
  problems.name(flag.key, 'key');
  problems.word(flag.type, 'type', FLAG_TYPES);
  problems.boolean(flag.on, 'on');
  const variants = checkVariants(flag.variants, flag.type, problems);
  if (flag.off !== null) checkVariantName(flag.off, 'off', variants, problems);
  problems.optional(flag, 'requires', '', (requires, path) => checkRequirements(requires, path, problems));
  checkRules(flag.rules, 'rules', variants, problems);
  problems.optional(flag, 'default', '', (serve, path) => checkServe(serve, path, variants, problems));
  checkOwnResult(flag, flag.key, problems);
  return problems.found;
}

/** The faults of rules alone, for a flag whose other fields are written differently. */
export function checkFlagRules(
  rules: unknown,
  options: CheckOptions & { readonly variants?: ReadonlySet<string> } = {},
  path = 'rules',
): readonly Problem[] {
  const problems = new Problems(options);
  checkRules(rules, path, options.variants, problems);
  return problems.found;
}
