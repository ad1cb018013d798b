import type { JsonObject } from '../condition/json.js';
import { HASH_PROFILES, hashFunction, MAX_MOD } from '../hash/profiles.js';
import { checkRef } from './check-leaf.js';
import { memberPath, type Problems } from './problems.js';

/** Members that bucket predicates and splits have in common. */
export const HASHING_MEMBERS = ['salt', 'unit', 'hash', 'mod', 'missing'] as const;

function checkSalt(salt: unknown, path: string, problems: Problems): void {
  if (!problems.expect(typeof salt === 'string', path, 'must be a string')) return;
  const { imported, platformSalts } = problems.options;
  const plain = imported === true || platformSalts === true || !(salt as string).includes(':');
  problems.expect(plain, path, 'must not contain ":", which parts the salt from the unit');
}

function checkUnits(value: unknown, path: string, problems: Problems): void {
  const units = problems.array(value, path);
  problems.expect(!Array.isArray(value) || units.length > 0, path, 'must name at least one attribute');
  for (const [index, ref] of units.entries()) checkRef(ref, memberPath(path, index), problems);
}

function isModulus(mod: unknown): boolean {
  return typeof mod === 'number' && Number.isInteger(mod) && mod >= 1 && mod <= MAX_MOD;
}

/** Salt, unit and hash profile. */
export function checkHashing(hashing: JsonObject, path: string, problems: Problems): void {
  checkSalt(hashing.salt, memberPath(path, 'salt'), problems);
  checkUnits(hashing.unit, memberPath(path, 'unit'), problems);
  problems.optional(hashing, 'hash', path, (hash, at) => {
    problems.expect(hashFunction(hash) !== undefined, at, `must be one of ${HASH_PROFILES.join(', ')}`);
  });
  problems.optional(hashing, 'mod', path, (mod, at) => {
    problems.expect(isModulus(mod), at, `must be an integer from 1 to ${MAX_MOD}`);
  });
  problems.optional(hashing, 'missing', path, (missing, at) => {
    problems.expect(missing === 0, at, 'must be 0, or absent');
  });
}
