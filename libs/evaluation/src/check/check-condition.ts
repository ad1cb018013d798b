import { isObject } from '../condition/json.js';
import { checkHashing, HASHING_MEMBERS } from './check-hashing.js';
import { checkLeaf, checkRef } from './check-leaf.js';
import { checkRanges } from './check-ranges.js';
import { memberPath, Problems, type CheckOptions, type Problem } from './problems.js';

/** A condition may stand inside this many others, itself included. */
export const MAX_CONDITION_DEPTH = 32;

const KINDS = ['all', 'any', 'not', 'segment', 'bucket', 'some', 'attr'] as const;

function checkParts(value: unknown, path: string, depth: number, problems: Problems): void {
  for (const [index, part] of problems.array(value, path).entries()) {
    checkCond(part, memberPath(path, index), depth + 1, problems);
  }
}

function checkBucket(value: unknown, path: string, problems: Problems): void {
  const bucket = problems.object(value, path, [...HASHING_MEMBERS, 'in']);
  if (bucket === undefined) return;
  checkHashing(bucket, path, problems);
  checkRanges(bucket.in, memberPath(path, 'in'), bucket.hash, problems);
}

function checkObject(
  cond: object,
  kind: (typeof KINDS)[number],
  path: string,
  depth: number,
  problems: Problems,
): void {
  if (kind === 'attr') return checkLeaf(cond, path, problems);
  const members = kind === 'some' ? ['some', 'where'] : [kind];
  const fields = problems.object(cond, path, members) ?? {};
  const value = fields[kind];
  const valuePath = memberPath(path, kind);
  switch (kind) {
    case 'all':
    case 'any':
      return checkParts(value, valuePath, depth, problems);
    case 'not':
      return checkCond(value, valuePath, depth + 1, problems);
    case 'segment':
      return problems.id(value, valuePath, 'segments');
    case 'bucket':
      return checkBucket(value, valuePath, problems);
    case 'some':
      checkRef(value, valuePath, problems);
      return checkCond(fields.where, memberPath(path, 'where'), depth + 1, problems);
  }
}

/** Checks a condition inside a larger definition. */
export function checkCond(cond: unknown, path: string, depth: number, problems: Problems): void {
  if (depth > MAX_CONDITION_DEPTH) return problems.add(path, `is nested deeper than ${MAX_CONDITION_DEPTH} conditions`);
  if (typeof cond === 'boolean') return;
  const kind = isObject(cond) ? KINDS.find((name) => name in cond) : undefined;
  if (kind === undefined) return problems.add(path, `must be true, false or an object with ${KINDS.join(', ')}`);
  checkObject(cond as object, kind, path, depth, problems);
}

/**
 * The faults of a condition about to be stored; empty when it may be. Takes any JSON and does not throw.
 * @param path where the condition stands, so that paths are those of the whole document
 */
export function checkCondition(cond: unknown, options: CheckOptions = {}, path = ''): readonly Problem[] {
  const problems = new Problems(options);
  checkCond(cond, path, 1, problems);
  return problems.found;
}
