import { AppError } from '@assay/contracts';

/** Deeper than this no body of ours goes; recursive checks and the database have limits of their own further down. */
export const MAX_JSON_DEPTH = 100;

/**
 * Parses the text of a JSON body.
 *
 * @throws AppError `validation_failed` when it is not JSON, nests too deeply, or names a field `__proto__`.
 */
export function parseJson(text: string): unknown {
  const mayNest = text.length > MAX_JSON_DEPTH;
  if (mayNest && nestsDeeperThan(text, MAX_JSON_DEPTH)) throw refused(`nests deeper than ${MAX_JSON_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`is not JSON: ${error instanceof Error || hasMessage(error) ? error.message : 'unreadable'}`);
  }
  if (text.includes('__proto__') && namesPrototype(value)) throw refused('must not have a field named __proto__');
  return value;
}

const refused = (what: string): AppError => AppError.validation([{ path: '', message: `The body ${what}` }]);

const hasMessage = (error: unknown): error is { message: string } =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';

const QUOTE = 34;
const BACKSLASH = 92;

/** Brackets are counted outside of strings; strings are skipped with `indexOf`, so a megabyte takes about a millisecond. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
      if (index < 0) return false;
    } else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 125 || code === 93) {
      depth -= 1;
    }
  }
  return false;
}

/** Index of the quote that closes a string; -1 when none does (then it is no JSON anyway). */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}

function namesPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(namesPrototype);
}
