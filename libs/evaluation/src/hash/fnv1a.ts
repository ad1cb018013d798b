const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a 32-bit over UTF-16 code units, the variant GrowthBook uses (equal to the usual one for ASCII text).
 * `state` continues a hash: `fnv1a32(b, fnv1a32(a))` is the hash of `a + b`.
 * @returns an unsigned 32-bit integer
 */
export function fnv1a32(text: string, state = OFFSET_BASIS): number {
  let hash = state;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash >>> 0;
}
