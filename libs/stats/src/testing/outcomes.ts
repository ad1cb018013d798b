import type { Outcome } from '../refusal.js';

/** The value of an outcome; fails the test with the refusal's message when there is none. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`);
  return outcome.value;
}

/** The code of a refusal, or `computed`. */
export function codeOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'computed' : outcome.refusal.code;
}

/** Fails unless two numbers agree to `tolerance` relative to `scale`, by default the larger of the two. */
export function expectAgree(
  got: number,
  expected: number,
  tolerance = 1e-10,
  scale = Math.max(Math.abs(got), Math.abs(expected)),
): void {
  if (Object.is(got, expected) || got === expected) return;
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance * scale);
}
