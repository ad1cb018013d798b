import { digestBlocks } from './digest-blocks.js';
import { utf8 } from './utf8.js';

function mixing(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

/** SHA-1 (FIPS 180-4) of bytes or of UTF-8 text, as five 32-bit words. For bucketing like others do; not for security. */
export function sha1(input: Uint8Array | string): Uint32Array {
  const words = digestBlocks(typeof input === 'string' ? utf8(input) : input, false);
  const digest = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Int32Array(80);
  const at = (index: number): number => schedule[index] ?? 0;
  for (let start = 0; start < words.length; start += 16) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = digest;
    for (let round = 0; round < 80; round++) {
      const far = at(round - 3) ^ at(round - 8) ^ at(round - 14) ^ at(round - 16);
      schedule[round] = round < 16 ? (words[start + round] ?? 0) : (far << 1) | (far >>> 31);
      const next = (((a << 5) | (a >>> 27)) + mixing(round, b, c, d) + e + at(round)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    [a, b, c, d, e].forEach((word, index) => (digest[index] = (digest[index] ?? 0) + word));
  }
  return digest;
}
