/**
 * The message as MD5, SHA-1 and SHA-256 read it: a one bit, zeros, the length in bits as 64-bit integer, in whole blocks of
 * sixteen 32-bit words. The three differ only in byte order.
 */
export function digestBlocks(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  const low = padded.length - (littleEndian ? 8 : 4);
  const high = padded.length - (littleEndian ? 4 : 8);
  view.setUint32(low, bytes.length << 3, littleEndian);
  view.setUint32(high, Math.floor(bytes.length / 0x20000000), littleEndian);
  const words = new Uint32Array(padded.length / 4);
  for (let index = 0; index < words.length; index++) words[index] = view.getUint32(index * 4, littleEndian);
  return words;
}

/** Hexadecimal text of big-endian words. */
export function hexOfWords(words: Uint32Array): string {
  let hex = '';
  for (const word of words) hex += word.toString(16).padStart(8, '0');
  return hex;
}
