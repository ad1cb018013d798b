import type { Outcome } from '../../refusal.js';

/** An outcome as the vectors spell it: the mapped value, or `{ error: CODE }` for a refusal. */
export function answer<T>(outcome: Outcome<T>, map: (value: T) => unknown): unknown {
  return outcome.ok ? map(outcome.value) : { error: outcome.refusal.code };
}
