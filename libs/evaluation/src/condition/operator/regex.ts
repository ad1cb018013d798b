import { RE2JS } from 're2js';
import { stringsOf, type Test } from './test.js';

/** A pattern in RE2 syntax (no look-around, no back-references, so never exponential); undefined when it is invalid. */
function compilePattern(pattern: string, ignoreCase: boolean): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}

/** Why a pattern is invalid, in the words of the RE2 parser; undefined when it is valid. */
export function regexProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `matches`: any of the patterns is found anywhere in the string. An invalid pattern is found nowhere. */
export function regex(values: readonly unknown[], ignoreCase: boolean): Test {
  const patterns = stringsOf(values).flatMap((pattern) => compilePattern(pattern, ignoreCase) ?? []);
  return (value) => typeof value === 'string' && patterns.some((pattern) => pattern.test(value));
}
