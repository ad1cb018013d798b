import { fnv1a32 } from './fnv1a.js';
import type { HashFunction } from './hash-function.js';

/** GrowthBook's first hash. Neighbouring salts give nearly the same split: for imports only. */
export const growthbook1: HashFunction = {
  name: 'growthbook@1',
  input: (salt, unit) => unit + salt,
  prepare: (salt) => (unit) => (fnv1a32(salt, fnv1a32(unit)) % 1000) / 1000,
};

/** GrowthBook's second hash: FNV-1a of the decimal text of FNV-1a. */
export const growthbook2: HashFunction = {
  name: 'growthbook@2',
  input: (salt, unit) => salt + unit,
  prepare: (salt) => {
    const salted = fnv1a32(salt);
    return (unit) => (fnv1a32(String(fnv1a32(unit, salted))) % 10000) / 10000;
  },
};
