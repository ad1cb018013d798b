import { digestBlocks } from './digest-blocks.js';
import { utf8 } from './utf8.js';

/** The constants of FIPS 180-4 are the first 32 bits of the fractional parts of roots of the first primes. */
function rootsOfPrimes(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32);
}

const INITIAL = rootsOfPrimes(8, Math.sqrt);
const ROUND_CONSTANTS = rootsOfPrimes(64, Math.cbrt);

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function expand(words: Uint32Array, start: number, schedule: Int32Array): void {
  const at = (index: number): number => schedule[index] ?? 0;
  for (let round = 0; round < 64; round++) {
    const near = at(round - 2);
    const far = at(round - 15);
    schedule[round] =
      round < 16
        ? (words[start + round] ?? 0)
        : at(round - 16) +
          at(round - 7) +
          (rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)) +
          (rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10));
  }
}

/** SHA-256 (FIPS 180-4) of bytes or of UTF-8 text, as eight 32-bit words. */
export function sha256(input: Uint8Array | string): Uint32Array {
  const words = digestBlocks(typeof input === 'string' ? utf8(input) : input, false);
  const digest = Uint32Array.from(INITIAL);
  const schedule = new Int32Array(64);
  for (let start = 0; start < words.length; start += 16) {
    expand(words, start, schedule);
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = digest;
    for (let round = 0; round < 64; round++) {
      const choice = (e & f) ^ (~e & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice;
      const step = (first + (ROUND_CONSTANTS[round] ?? 0) + (schedule[round] ?? 0)) | 0;
      const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
      h = g;
      g = f;
      f = e;
      e = (d + step) | 0;
      d = c;
      c = b;
      b = a;
      a = (step + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => (digest[index] = (digest[index] ?? 0) + word));
  }
  return digest;
}
