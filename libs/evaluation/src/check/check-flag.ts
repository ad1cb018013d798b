import type { FlagType } from '../definition.js';
import type { Problem } from './problem.js';
import { checkCondition, checkHashing, checkRanges, HASHING_FIELDS } from './check-condition.js';
import { checkText, inside, isObject, unknownFields, wrong, type Fields } from './shape.js';

const FLAG_TYPES: readonly FlagType[] = ['boolean', 'string', 'number', 'json'];
const MAX_RULES = 1_000;
const FIELDS = ['key', 'type', 'on', 'variants', 'off', 'requires', 'rules', 'default'];
const SPLIT_FIELDS = [...HASHING_FIELDS, 'key', 'enroll', 'sticky', 'arms'];

/** Everything that is wrong with a flag of the rule model, each complaint with the path of the field. */
export function checkFlag(document: unknown): Problem[] {
  if (!isObject(document)) return wrong('', 'must be a flag of the rule model');
  const errors = [...unknownFields(document, FIELDS, ''), ...checkText(document.key, 'key')];
  if (!FLAG_TYPES.includes(document.type as FlagType))
    errors.push(...wrong('type', `must be one of ${FLAG_TYPES.join(', ')}`));
  if (typeof document.on !== 'boolean') errors.push(...wrong('on', 'must be a boolean'));
  const variants = checkVariants(document, errors);
  if (document.off !== null) errors.push(...checkVariant(document.off, variants, 'off'));
  errors.push(...checkEach(document.requires ?? [], 'requires', variants, checkRequirement));
  errors.push(...checkEach(document.rules, 'rules', variants, checkRule));
  if (document.default !== undefined) errors.push(...checkServe(document.default, variants, 'default'));
  return errors;
}

type Variants = readonly string[];

function checkVariants({ variants, type }: Fields, errors: Problem[]): Variants {
  if (!isObject(variants)) {
    errors.push(...wrong('variants', 'must be an object of values by the names of the variants'));
    return [];
  }
  for (const [name, value] of Object.entries(variants)) {
    if (type !== 'json' && typeof value !== type)
      errors.push(...wrong(inside('variants', name), `must be a ${String(type)}`));
  }
  return Object.keys(variants);
}

function checkVariant(name: unknown, variants: Variants, path: string): Problem[] {
  if (typeof name === 'string' && variants.includes(name)) return [];
  return wrong(path, `must be one of the flag's variants: ${variants.join(', ')}`);
}

function checkEach(
  list: unknown,
  path: string,
  variants: Variants,
  check: (element: Fields, variants: Variants, path: string) => Problem[],
): Problem[] {
  if (!Array.isArray(list)) return wrong(path, 'must be a list');
  if (list.length > MAX_RULES) return wrong(path, `must not have more than ${MAX_RULES} elements`);
  const ids = list.map((element: unknown) => (isObject(element) ? element.id : undefined));
  return list.flatMap((element: unknown, index) => {
    const at = `${path}[${index}]`;
    if (!isObject(element)) return wrong(at, 'must be an object');
    const twice = element.id !== undefined && ids.indexOf(element.id) < index;
    const id = twice
      ? wrong(inside(at, 'id'), `'${String(element.id)}' is used twice`)
      : checkText(element.id, inside(at, 'id'));
    return [...id, ...check(element, variants, at)];
  });
}

function checkRequirement(requirement: Fields, _variants: Variants, path: string): Problem[] {
  return [
    ...unknownFields(requirement, ['id', 'when'], path),
    ...checkCondition(requirement.when, inside(path, 'when')),
  ];
}

function checkRule(rule: Fields, variants: Variants, path: string): Problem[] {
  return [
    ...unknownFields(rule, ['id', 'when', 'serve'], path),
    ...checkCondition(rule.when, inside(path, 'when')),
    ...checkServe(rule.serve, variants, inside(path, 'serve')),
  ];
}

function checkServe(serve: unknown, variants: Variants, path: string): Problem[] {
  const [name, another] = isObject(serve) ? Object.keys(serve) : [];
  if (!isObject(serve) || name === undefined || another !== undefined) {
    return wrong(path, 'must be {variant}, {off: true} or {split}');
  }
  if (name === 'variant') return checkVariant(serve.variant, variants, inside(path, name));
  if (name === 'off') return serve.off === true ? [] : wrong(inside(path, name), 'must be true');
  if (name === 'split') return checkSplit(serve.split, variants, inside(path, name));
  return wrong(inside(path, name), 'is not a known field; known are variant, off, split');
}

function checkSplit(split: unknown, variants: Variants, path: string): Problem[] {
  if (!isObject(split)) return wrong(path, 'must be an object');
  const { key, enroll, sticky, arms } = split;
  const at = inside(path, 'arms');
  return [
    ...unknownFields(split, SPLIT_FIELDS, path),
    ...(key === undefined ? [] : checkText(key, inside(path, 'key'))),
    ...checkHashing(split, path),
    ...(enroll === undefined ? [] : checkCondition(enroll, inside(path, 'enroll'))),
    ...(sticky === undefined ? [] : checkSticky(sticky, inside(path, 'sticky'))),
    ...(Array.isArray(arms) && arms.length > 0
      ? [
          ...arms.flatMap((arm: unknown, index) => checkArm(arm, variants, `${at}[${index}]`)),
          ...checkOverlap(arms, at),
        ]
      : wrong(at, 'must be a list of at least one arm')),
  ];
}

function checkSticky(sticky: unknown, path: string): Problem[] {
  const sound = isObject(sticky) && Number.isInteger(sticky.version) && Number.isInteger(sticky.minVersion);
  return sound ? unknownFields(sticky, ['version', 'minVersion'], path) : wrong(path, 'must be {version, minVersion}');
}

function checkArm(arm: unknown, variants: Variants, path: string): Problem[] {
  if (!isObject(arm)) return wrong(path, 'must be an object');
  return [
    ...unknownFields(arm, ['key', 'variant', 'in', 'continue'], path),
    ...(arm.key === undefined ? [] : checkText(arm.key, inside(path, 'key'))),
    ...(arm.continue === true ? [] : checkVariant(arm.variant, variants, inside(path, 'variant'))),
    ...checkRanges(arm.in, inside(path, 'in')),
  ];
}

/** Two arms must not own the same position. */
function checkOverlap(arms: readonly unknown[], path: string): Problem[] {
  const ranges = arms
    .flatMap((arm) => (isObject(arm) && Array.isArray(arm.in) ? (arm.in as unknown[]) : []))
    .filter((range): range is [number, number] => Array.isArray(range) && range.length === 2 && range[0] < range[1])
    .sort(([a], [b]) => a - b);
  const overlaps = ranges.some(([from], index) => index > 0 && from < (ranges[index - 1]?.[1] ?? 0) - 1e-12);
  return overlaps ? wrong(path, 'must have ranges that do not overlap') : [];
}
