import { hexOfWords } from '../../hash/digest-blocks.js';
import { sha256 } from '../../hash/sha256.js';
import { utf8 } from '../../hash/utf8.js';
import { never, stringsOf, type Test } from './test.js';

const AFFIX = /^(\d+)_([0-9a-f]{64})$/i;
const WHOLE = /^[0-9a-f]{64}$/i;

function digest(bytes: Uint8Array, salt: Uint8Array): string {
  const salted = new Uint8Array(bytes.length + salt.length);
  salted.set(bytes);
  salted.set(salt, bytes.length);
  return hexOfWords(sha256(salted));
}

function hashedEquality(values: readonly string[], salt: Uint8Array): Test {
  const digests = new Set(values.map((value) => value.toLowerCase()));
  return (value) => typeof value === 'string' && digests.has(digest(utf8(value), salt));
}

/** Prefixes or suffixes, by their length in bytes, so that each length is hashed once. */
function hashedAffix(values: readonly string[], salt: Uint8Array, fromStart: boolean): Test {
  const byLength = new Map<number, Set<string>>();
  for (const value of values) {
    const [, length, hex] = AFFIX.exec(value) ?? [];
    if (length === undefined || hex === undefined) continue;
    const digests = byLength.get(Number(length)) ?? new Set();
    byLength.set(Number(length), digests.add(hex.toLowerCase()));
  }
  return (value) => {
    if (typeof value !== 'string') return false;
    const bytes = utf8(value);
    for (const [length, digests] of byLength) {
      if (length > bytes.length) continue;
      const slice = fromStart ? bytes.subarray(0, length) : bytes.subarray(bytes.length - length);
      if (digests.has(digest(slice, salt))) return true;
    }
    return false;
  };
}

/** The form that values of a hashed leaf must have under `op`; undefined when the operator cannot work on hashes. */
export function hashedForm(op: string): RegExp | undefined {
  if (op === 'in') return WHOLE;
  return op === 'startsWith' || op === 'endsWith' ? AFFIX : undefined;
}

/**
 * `in startsWith endsWith` against values that are only known by SHA-256 (of the UTF-8 value followed by the salt), so that
 * a definition sent to a browser does not reveal them. Other operators cannot be answered and are false.
 */
export function hashed(op: string, values: readonly unknown[], saltText: string): Test {
  const salt = utf8(saltText);
  const texts = stringsOf(values);
  if (op === 'in') return hashedEquality(texts, salt);
  return hashedForm(op) === undefined ? never : hashedAffix(texts, salt, op === 'startsWith');
}
