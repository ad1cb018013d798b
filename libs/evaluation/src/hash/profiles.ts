import type { HashProfile } from '../definition.js';
import { configcat } from './configcat.js';
import { eppo } from './eppo.js';
import { flagd2, flagd3 } from './flagd.js';
import { flagsmith } from './flagsmith.js';
import { growthbook1, growthbook2 } from './growthbook.js';
import type { HashFunction } from './hash-function.js';
import { launchdarkly } from './launchdarkly.js';
import { murmur3x86_32 } from './murmur3.js';
import { native } from './native.js';
import { optimizely } from './optimizely.js';
import { planout } from './planout.js';
import { posthog, posthogVariant } from './posthog.js';
import { statsig } from './statsig.js';
import { unleash, unleashVariant } from './unleash.js';

const PROFILES: Readonly<Record<HashProfile, HashFunction>> = {
  native,
  'growthbook@1': growthbook1,
  'growthbook@2': growthbook2,
  unleash,
  'unleash-variant': unleashVariant,
  launchdarkly,
  posthog,
  'posthog-variant': posthogVariant,
  eppo,
  configcat,
  flagsmith,
  'flagd@2': flagd2,
  'flagd@3': flagd3,
  optimizely,
  statsig,
  planout,
};

/** The names of all hash profiles. */
export const HASH_PROFILES = Object.keys(PROFILES) as readonly HashProfile[];

/** Largest `mod` for which every remainder is computed exactly in doubles. */
export const MAX_MOD = 2 ** 26;

/** The profile of that name; absent means `native`. A version may also be written `flagd v2` or `flagd-v2`. */
export function hashFunction(profile: unknown): HashFunction | undefined {
  if (profile === undefined) return native;
  if (typeof profile !== 'string') return undefined;
  const name = profile.replace(/^(growthbook|flagd)[ -]?v?(\d)$/, '$1@$2');
  return Object.hasOwn(PROFILES, name) ? PROFILES[name as HashProfile] : undefined;
}

/** The integer of 0..99,999 by which a position is shown and stored. */
export function bucketOf(fraction: number): number {
  // Far below the distance of two native positions, far above the rounding error of the others (0.57 * 100000).
  return Math.min(Math.floor(fraction * 100_000 + 1e-9), 99_999);
}

/**
 * Position of a unit under a profile, as a fraction in [0, 1) (profiles over 60 bits and Flagsmith's may reach 1).
 * @param mod number of buckets of a profile that takes a remainder
 */
export function hashFraction(profile: HashProfile, salt: string, unit: string, mod?: number): number {
  return hashFunction(profile)?.prepare(salt, mod)(unit, unit) ?? NaN;
}

/** The platform's own hash: murmur3 of `salt:unit`, the position h / 2^32 and its bucket of 0..99,999. */
export function nativeBucket(salt: string, unit: string): { hash: number; bucket: number; fraction: number } {
  const hash = murmur3x86_32(native.input(salt, unit));
  const fraction = hash / 2 ** 32;
  return { hash, bucket: bucketOf(fraction), fraction };
}
