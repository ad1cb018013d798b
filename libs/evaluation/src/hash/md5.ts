import { digestBlocks } from './digest-blocks.js';
import { utf8 } from './utf8.js';

/** RFC 1321 §3.4: the integer parts of 2^32 times |sin(i)|, i in radians. */
const SINES = Uint32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));
const ROTATIONS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

function mixing(round: number, b: number, c: number, d: number): number {
  if (round < 16) return (b & c) | (~b & d);
  if (round < 32) return (b & d) | (c & ~d);
  if (round < 48) return b ^ c ^ d;
  return c ^ (b | ~d);
}

function wordOf(round: number): number {
  if (round < 16) return round;
  if (round < 32) return (5 * round + 1) % 16;
  if (round < 48) return (3 * round + 5) % 16;
  return (7 * round) % 16;
}

const swapBytes = (word: number): number =>
  ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);

/**
 * MD5 (RFC 1321) of bytes or of UTF-8 text, as four 32-bit words that read as the digest's hexadecimal text from left to
 * right. For bucketing like others do; not for security.
 */
export function md5(input: Uint8Array | string): Uint32Array {
  const words = digestBlocks(typeof input === 'string' ? utf8(input) : input, true);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let start = 0; start < words.length; start += 16) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let round = 0; round < 64; round++) {
      const sum = (a + mixing(round, b, c, d) + (SINES[round] ?? 0) + (words[start + wordOf(round)] ?? 0)) | 0;
      const by = ROTATIONS[(round >> 4) * 4 + (round & 3)] ?? 0;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << by) | (sum >>> (32 - by)))) | 0;
    }
    [a, b, c, d].forEach((word, index) => (state[index] = (state[index] ?? 0) + word));
  }
  return state.map(swapBytes);
}
