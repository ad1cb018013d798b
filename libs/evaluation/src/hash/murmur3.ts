import { codePointAt } from './utf8.js';

/**
 * MurmurHash3 x86 32-bit, after some text and before the rest: with the salt absorbed once, hashing a unit costs only the
 * unit, and no string is joined and no byte array made.
 */
export interface Murmur3State {
  hash: number;
  /** The bytes of a block that is not full yet, little-endian, and how many bits of it are there (0, 8, 16 or 24). */
  block: number;
  bits: number;
  /** Bytes absorbed. */
  length: number;
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function mix(hash: number, block: number): number {
  const h = hash ^ scramble(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Absorbs one byte; a character beyond ASCII comes this way. */
function absorbByte(state: Murmur3State, byte: number): void {
  state.block |= byte << state.bits;
  state.bits += 8;
  state.length += 1;
  if (state.bits < 32) return;
  state.hash = mix(state.hash, state.block);
  state.block = 0;
  state.bits = 0;
}

/** The UTF-8 bytes of a code point from 0x80 on: a leading byte, then six bits at a time. */
function absorbCodePoint(state: Murmur3State, point: number): void {
  const trailing = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  absorbByte(state, ((0xff00 >> (trailing + 1)) & 0xff) | (point >> (6 * trailing)));
  for (let left = trailing - 1; left >= 0; left--) absorbByte(state, 0x80 | ((point >> (6 * left)) & 0x3f));
}

function absorbText(state: Murmur3State, text: string): void {
  let { hash, block, bits } = state;
  const { length } = text;
  // Runs of ASCII stay in local variables; they are nearly everything.
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) {
      state.hash = hash;
      state.block = block;
      state.bits = bits;
      const point = codePointAt(text, index);
      absorbCodePoint(state, point);
      // A surrogate pair is two code units, of which one is counted below.
      if (point > 0xffff) index++;
      ({ hash, block, bits } = state);
      continue;
    }
    state.length += 1;
    block |= unit << bits;
    bits += 8;
    if (bits === 32) {
      hash = mix(hash, block);
      block = 0;
      bits = 0;
    }
  }
  state.hash = hash;
  state.block = block;
  state.bits = bits;
}

function finish({ hash, block, bits, length }: Murmur3State): number {
  let h = (bits > 0 ? hash ^ scramble(block) : hash) ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function start(seed: number): Murmur3State {
  return { hash: seed | 0, block: 0, bits: 0, length: 0 };
}

/** The state after the UTF-8 bytes of `text`. */
export function murmur3State(text: string, seed: number): Readonly<Murmur3State> {
  const state = start(seed);
  absorbText(state, text);
  return state;
}

const scratch = start(0);

/** The hash of what `state` has absorbed and the UTF-8 bytes of `text`: an unsigned 32-bit integer. Allocates nothing. */
export function murmur3Finish(state: Readonly<Murmur3State>, text: string): number {
  scratch.hash = state.hash;
  scratch.block = state.block;
  scratch.bits = state.bits;
  scratch.length = state.length;
  absorbText(scratch, text);
  return finish(scratch);
}

/**
 * MurmurHash3 x86 32-bit (Austin Appleby, public domain) of bytes, or of the UTF-8 bytes of a string.
 * @returns an unsigned 32-bit integer
 */
export function murmur3x86_32(input: Uint8Array | string, seed = 0): number {
  const state = start(seed);
  if (typeof input === 'string') absorbText(state, input);
  else for (const byte of input) absorbByte(state, byte);
  return finish(state);
}
