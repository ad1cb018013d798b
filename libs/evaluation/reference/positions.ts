import { createHash } from 'node:crypto';

/*
 * The hash profiles once more, as literally as their definitions are written: big integers, joined strings, node's digests.
 */

const MASK = 0xffffffffn;

const rotate = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (32n - by))) & MASK;

function scramble(block: bigint): bigint {
  return (rotate((block * 0xcc9e2d51n) & MASK, 15n) * 0x1b873593n) & MASK;
}

export function slowMurmur3(text: string, seed = 0): bigint {
  const bytes = Buffer.from(text, 'utf8');
  let hash = BigInt(seed);
  const whole = bytes.length - (bytes.length % 4);
  for (let index = 0; index < whole; index += 4) {
    hash = (rotate(hash ^ scramble(BigInt(bytes.readUInt32LE(index))), 13n) * 5n + 0xe6546b64n) & MASK;
  }
  let tail = 0n;
  for (let index = bytes.length - 1; index >= whole; index--) tail = (tail << 8n) | BigInt(bytes[index] ?? 0);
  hash ^= scramble(tail) ^ BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & MASK;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & MASK;
  return hash ^ (hash >> 16n);
}

function slowFnv(text: string): bigint {
  let hash = 0x811c9dc5n;
  for (let index = 0; index < text.length; index++) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x01000193n) & MASK;
  }
  return hash;
}

const hexInteger = (algorithm: string, text: string, digits: number): bigint =>
  BigInt(`0x${createHash(algorithm).update(text, 'utf8').digest('hex').slice(0, digits)}`);

const share = (hash: bigint, of: bigint): number => Number(hash % of) / Number(of);

const sixty = (text: string): number => Number(hexInteger('sha1', text, 15)) / 0xfffffffffffffff;

function flagsmith(salt: string, unit: string, times = 1): number {
  const ids = Array<string>(times).fill(`${salt},${unit}`).join(',');
  const rest = hexInteger('md5', ids, 32) % 9999n;
  return rest === 9998n ? flagsmith(salt, unit, times + 1) : Number(rest) / 9998;
}

type SlowPosition = (salt: string, unit: string, mod: number | undefined) => number;

const POSITIONS: Readonly<Record<string, SlowPosition>> = {
  native: (salt, unit) => Number(slowMurmur3(`${salt}:${unit}`)) / 2 ** 32,
  'growthbook@1': (salt, unit) => share(slowFnv(unit + salt), 1000n),
  'growthbook@2': (salt, unit) => share(slowFnv(slowFnv(salt + unit).toString()), 10000n),
  unleash: (salt, unit, mod = 100) => share(slowMurmur3(`${salt}:${unit}`), BigInt(mod)),
  'unleash-variant': (salt, unit, mod = 1000) => share(slowMurmur3(`${salt}:${unit}`, 86028157), BigInt(mod)),
  launchdarkly: (salt, unit) => sixty(`${salt}.${unit}`),
  posthog: (salt, unit) => sixty(`${salt}.${unit}`),
  'posthog-variant': (salt, unit) => sixty(`${salt}.${unit}variant`),
  eppo: (salt, unit, mod = 10000) => share(hexInteger('md5', `${salt}-${unit}`, 8), BigInt(mod)),
  configcat: (salt, unit, mod = 100) => share(hexInteger('sha1', salt + unit, 7), BigInt(mod)),
  flagsmith: (salt, unit) => flagsmith(salt, unit),
  'flagd@2': (salt, unit) => Number(slowMurmur3(salt + unit)) / 2 ** 32,
  optimizely: (salt, unit) => Math.floor((Number(slowMurmur3(unit + salt, 1)) / 2 ** 32) * 10000) / 10000,
  statsig: (salt, unit, mod = 10000) => share(hexInteger('sha256', `${salt}.${unit}`, 16), BigInt(mod)),
  planout: (salt, unit, mod) =>
    mod === undefined ? sixty(`${salt}.${unit}`) : share(hexInteger('sha1', `${salt}.${unit}`, 15), BigInt(mod)),
};

/** Names of the profiles that the reference knows: all that hash text. */
export const SLOW_PROFILES = Object.keys(POSITIONS);

/** The position of a unit; undefined under an unknown profile. */
export function slowPosition(profile: string, salt: string, unit: string, mod?: number): number | undefined {
  return POSITIONS[profile]?.(salt, unit, mod);
}
