import type { HashFunction } from './hash-function.js';
import { murmur3Finish, murmur3State } from './murmur3.js';

const VARIANT_SEED = 86028157;

function murmurRemainder(name: HashFunction['name'], seed: number, defaultBuckets: number): HashFunction {
  return {
    name,
    input: (salt, unit) => `${salt}:${unit}`,
    prepare: (salt, mod = defaultBuckets) => {
      const salted = murmur3State(`${salt}:`, seed);
      return (unit) => (murmur3Finish(salted, unit) % mod) / mod;
    },
  };
}

/** Unleash's gradual rollout (salt = group id); its `(h % 100) + 1 <= percentage` is `position < percentage / 100`. */
export const unleash = murmurRemainder('unleash', 0, 100);

/** Unleash's choice of a variant; `mod` is the sum of the weights. */
export const unleashVariant = murmurRemainder('unleash-variant', VARIANT_SEED, 1000);
