import type { HashFunction } from './hash-function.js';
import { sixtyBitFraction } from './sixty-bits.js';

/** LaunchDarkly: the salt is `flagKey.flagSalt`, or the seed of an experiment. */
export const launchdarkly: HashFunction = {
  name: 'launchdarkly',
  input: (salt, unit) => `${salt}.${unit}`,
  prepare: (salt) => (unit) => sixtyBitFraction(`${salt}.${unit}`),
};
