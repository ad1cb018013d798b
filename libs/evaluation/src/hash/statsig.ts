import type { HashFunction } from './hash-function.js';
import { sha256 } from './sha256.js';

const PASS_PERCENTAGE_BUCKETS = 10000;

/** Statsig: the first 64 bits of a SHA-256; the salt is `salt.ruleSalt`. `mod: 1000` is its bucket of a user. */
export const statsig: HashFunction = {
  name: 'statsig',
  input: (salt, unit) => `${salt}.${unit}`,
  prepare:
    (salt, mod = PASS_PERCENTAGE_BUCKETS) =>
    (unit) => {
      const [high = 0, low = 0] = sha256(`${salt}.${unit}`);
      return (((high % mod) * (2 ** 32 % mod) + (low % mod)) % mod) / mod;
    },
};
