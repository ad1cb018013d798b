import type { HashFunction } from './hash-function.js';
import { md5 } from './md5.js';

const DEFAULT_SHARDS = 10000;

/** Eppo: the first 32 bits of an MD5, modulo the number of shards. */
export const eppo: HashFunction = {
  name: 'eppo',
  input: (salt, unit) => `${salt}-${unit}`,
  prepare:
    (salt, mod = DEFAULT_SHARDS) =>
    (unit) =>
      ((md5(`${salt}-${unit}`)[0] ?? 0) % mod) / mod,
};
