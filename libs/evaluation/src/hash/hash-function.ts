import type { HashProfile } from '../definition.js';

/**
 * Where a unit stands: a number in [0, 1) (some imported profiles reach 1). `unit` is the unit's text; `raw` is the value
 * it was made from, for the one profile that hashes structure. NaN when the unit cannot be hashed.
 */
export type Position = (unit: string, raw: unknown) => number;

/** One hash profile: one file each, collected in `profiles.ts`. */
export interface HashFunction {
  readonly name: HashProfile;
  /** The text that is hashed, so that a person can recompute it. */
  readonly input: (salt: string, unit: string) => string;
  /** Does everything that depends only on the salt, once. `mod` is the number of buckets, where a profile has one. */
  readonly prepare: (salt: string, mod: number | undefined) => Position;
  /** Objects and arrays are units, too. */
  readonly structured?: true;
}
