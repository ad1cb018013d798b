/** What a lone surrogate becomes, as in every conforming encoder. */
const REPLACEMENT = 0xfffd;

/**
 * The code point that begins at `index`; lone surrogates read as U+FFFD. A code point above 0xFFFF takes two code units.
 */
export function codePointAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (unit > 0xdbff || index + 1 >= text.length) return REPLACEMENT;
  const low = text.charCodeAt(index + 1);
  return low < 0xdc00 || low > 0xdfff ? REPLACEMENT : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/** The UTF-8 bytes of `text`. */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let end = 0;
  for (let index = 0; index < text.length; index++) {
    const point = codePointAt(text, index);
    if (point < 0x80) {
      bytes[end++] = point;
    } else if (point < 0x800) {
      bytes[end++] = 0xc0 | (point >> 6);
      bytes[end++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[end++] = 0xe0 | (point >> 12);
      bytes[end++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[end++] = 0x80 | (point & 0x3f);
    } else {
      bytes[end++] = 0xf0 | (point >> 18);
      bytes[end++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[end++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[end++] = 0x80 | (point & 0x3f);
      index++;
    }
  }
  return bytes.subarray(0, end);
}
