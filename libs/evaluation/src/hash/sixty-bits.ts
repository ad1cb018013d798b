import { sha1 } from './sha1.js';

/** The largest integer of fifteen hexadecimal digits; as a double it is 2^60. */
const LARGEST = 0xfffffffffffffff;
const LOW_BITS = 2 ** 28;

/** The first fifteen hexadecimal digits of the SHA-1 of `text`, as a share of the largest such integer: in [0, 1]. */
export function sixtyBitFraction(text: string): number {
  const [high = 0, low = 0] = sha1(text);
  return (high * LOW_BITS + (low >>> 4)) / LARGEST;
}

/** The same integer modulo `mod` (at most 2^26), exactly. */
export function sixtyBitRemainder(text: string, mod: number): number {
  const [high = 0, low = 0] = sha1(text);
  return ((high % mod) * (LOW_BITS % mod) + ((low >>> 4) % mod)) % mod;
}
