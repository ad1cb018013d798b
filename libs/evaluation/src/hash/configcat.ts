import type { HashFunction } from './hash-function.js';
import { sha1 } from './sha1.js';

/** ConfigCat's percentage options: the salt is the flag's key, the integer the first seven hexadecimal digits. */
export const configcat: HashFunction = {
  name: 'configcat',
  input: (salt, unit) => salt + unit,
  prepare:
    (salt, mod = 100) =>
    (unit) =>
      (((sha1(salt + unit)[0] ?? 0) >>> 4) % mod) / mod,
};
