import { codePointAt, utf8 } from './utf8.js';

/**
 * MurmurHash3 x86 32-bit, after some bytes and before the rest: with the salt absorbed once, hashing a unit costs only the
 * unit, and no string is joined and no byte array made.
 */
export interface Murmur3State {
  readonly hash: number;
  /** The bytes of a block that is not full yet, little-endian, and how many bits of it are there (0, 8, 16 or 24). */
  readonly block: number;
  readonly bits: number;
  readonly length: number;
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function absorb(hash: number, block: number): number {
  const h = hash ^ scramble(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The state after `bytes`. */
export function murmur3State(bytes: Uint8Array, seed: number): Murmur3State {
  let hash = seed | 0;
  let block = 0;
  let bits = 0;
  for (const byte of bytes) {
    block |= byte << bits;
    bits += 8;
    if (bits === 32) {
      hash = absorb(hash, block);
      block = 0;
      bits = 0;
    }
  }
  return { hash, block, bits, length: bytes.length };
}

/** The hash of the bytes in `state` followed by the UTF-8 of `text`: an unsigned 32-bit integer. Allocates nothing. */
export function murmur3Finish(state: Murmur3State, text: string): number {
  let { hash, block, bits, length } = state;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      block |= unit << bits;
      bits += 8;
      length++;
      if (bits === 32) {
        hash = absorb(hash, block);
        block = 0;
        bits = 0;
      }
      continue;
    }
    const point = codePointAt(text, index);
    if (point > 0xffff) index++;
    // The leading byte, then six bits at a time.
    const trailing = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    let byte = ((0xff00 >> (trailing + 1)) & 0xff) | (point >> (6 * trailing));
    for (let left = trailing; ; left--) {
      block |= byte << bits;
      bits += 8;
      length++;
      if (bits === 32) {
        hash = absorb(hash, block);
        block = 0;
        bits = 0;
      }
      if (left === 0) break;
      byte = 0x80 | ((point >> (6 * (left - 1))) & 0x3f);
    }
  }
  if (bits > 0) hash ^= scramble(block);
  return avalanche(hash ^ length);
}

/**
 * MurmurHash3 x86 32-bit (Austin Appleby, public domain) of bytes, or of the UTF-8 bytes of a string.
 * @returns an unsigned 32-bit integer
 */
export function murmur3x86_32(input: Uint8Array | string, seed = 0): number {
  return murmur3Finish(murmur3State(typeof input === 'string' ? utf8(input) : input, seed), '');
}
