import type { JsonObject } from '../condition/json.js';
import { checkCond } from './check-condition.js';
import { checkHashing, HASHING_MEMBERS } from './check-hashing.js';
import { checkDisjoint, checkRanges } from './check-ranges.js';
import { memberPath, Problems, type CheckOptions, type Problem } from './problems.js';

const SPLIT_MEMBERS = ['key', ...HASHING_MEMBERS, 'enroll', 'sticky', 'arms'] as const;
const ARM_MEMBERS = ['key', 'variant', 'in', 'continue'] as const;

/** A name among the variants, if those are known. */
export function checkVariantName(
  name: unknown,
  path: string,
  variants: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  if (!problems.expect(typeof name === 'string', path, 'must be a string: the name of a variant')) return;
  problems.expect(variants === undefined || variants.has(name as string), path, 'names none of the variants');
}

function checkSticky(value: unknown, path: string, problems: Problems): void {
  const sticky = problems.object(value, path, ['version', 'minVersion']);
  if (sticky === undefined) return;
  for (const name of ['version', 'minVersion']) {
    const version = sticky[name];
    const valid = typeof version === 'number' && Number.isInteger(version) && version >= 0;
    problems.expect(valid, memberPath(path, name), 'must be an integer of 0 or more');
  }
}

function checkArms(
  split: JsonObject,
  path: string,
  variants: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  const armsPath = memberPath(path, 'arms');
  const arms = problems.array(split.arms, armsPath);
  problems.expect(!Array.isArray(split.arms) || arms.length > 0, armsPath, 'must have at least one arm');
  const keys = new Set<unknown>();
  const ranges = arms.map((value, index) => {
    const armPath = memberPath(armsPath, index);
    const arm = problems.object(value, armPath, ARM_MEMBERS);
    if (arm === undefined) return [];
    const key = arm.key ?? arm.variant;
    problems.optional(arm, 'key', armPath, (name, at) => problems.name(name, at));
    problems.expect(!keys.has(key), armPath, 'has the key of an arm before it');
    keys.add(key);
    checkVariantName(arm.variant, memberPath(armPath, 'variant'), variants, problems);
    problems.optional(arm, 'continue', armPath, (value, at) => problems.boolean(value, at));
    return checkRanges(arm.in, memberPath(armPath, 'in'), split.hash, problems);
  });
  checkDisjoint(ranges, problems);
}

/** Checks a split inside a larger definition. */
export function checkSplitFields(
  value: unknown,
  path: string,
  variants: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  const split = problems.object(value, path, SPLIT_MEMBERS);
  if (split === undefined) return;
  checkHashing(split, path, problems);
  problems.optional(split, 'key', path, (key, at) => problems.name(key, at));
  problems.optional(split, 'enroll', path, (cond, at) => checkCond(cond, at, 1, problems));
  problems.optional(split, 'sticky', path, (sticky, at) => {
    checkSticky(sticky, at, problems);
    problems.expect(
      split.key !== undefined,
      memberPath(path, 'key'),
      'is needed by sticky, which stores arms under it',
    );
  });
  checkArms(split, path, variants, problems);
}

/**
 * The faults of a split that belongs to no flag (an experiment); empty when it may be stored. Takes any JSON and does not
 * throw.
 * @param variants names of the variants that arms may serve; absent when any may
 */
export function checkSplit(
  split: unknown,
  options: CheckOptions & { readonly variants?: ReadonlySet<string> } = {},
  path = '',
): readonly Problem[] {
  const problems = new Problems(options);
  checkSplitFields(split, path, options.variants, problems);
  return problems.found;
}
