import type { HashFunction } from './hash-function.js';
import { md5 } from './md5.js';

const MODULUS = 9999;

/** The whole 128-bit digest modulo 9999, word by word from the left. */
function remainder(text: string): number {
  let rest = 0;
  for (const word of md5(text)) rest = (rest * 2 ** 32 + word) % MODULUS;
  return rest;
}

/**
 * Flagsmith: the salt is the key of the segment or feature. The top value would lie outside of every percentage, so the ids
 * are then written down once more and hashed again.
 */
export const flagsmith: HashFunction = {
  name: 'flagsmith',
  input: (salt, unit) => `${salt},${unit}`,
  prepare: (salt) => (unit) => {
    const ids = `${salt},${unit}`;
    let text = ids;
    while (remainder(text) === MODULUS - 1) text += `,${ids}`;
    return remainder(text) / (MODULUS - 1);
  },
};
