import type { HashFunction } from './hash-function.js';
import { sixtyBitFraction } from './sixty-bits.js';

/** PostHog's rollout percentage: the salt is the flag's key. */
export const posthog: HashFunction = {
  name: 'posthog',
  input: (salt, unit) => `${salt}.${unit}`,
  prepare: (salt) => (unit) => sixtyBitFraction(`${salt}.${unit}`),
};

/** PostHog's second hash, which picks the variant. */
export const posthogVariant: HashFunction = {
  name: 'posthog-variant',
  input: (salt, unit) => `${salt}.${unit}variant`,
  prepare: (salt) => (unit) => sixtyBitFraction(`${salt}.${unit}variant`),
};
