/**
 * A NUL character or half a surrogate pair in a JSON text that `JSON.stringify` wrote: it writes both as escapes, and nothing else
 * that begins like them. A backslash before the escape makes it the literal text `\u0000`, which is as good as any.
 */
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(0000|d[89a-f][0-9a-f]{2})/;
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'g');

/**
 * What keeps a value out of a `jsonb` column, by its JSON text; undefined when it can be stored. Nearly every text is cleared by
 * one search.
 *
 * @param json what `JSON.stringify` made of the value
 */
export function unstorableText(json: string): string | undefined {
  if (!json.includes('\\u')) return undefined;
  const escape = UNSTORABLE.exec(json)?.[2];
  if (escape === undefined) return undefined;
  return escape === '0000' ? 'must not contain a NUL character' : 'must not contain half a surrogate pair';
}

/** The JSON text with the replacement character for all that `jsonb` refuses. */
export const asStorableText = (json: string): string =>
  json.includes('\\u') ? json.replaceAll(ALL_UNSTORABLE, '$1\\ufffd') : json;
