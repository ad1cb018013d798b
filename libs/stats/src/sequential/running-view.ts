import type { Interval } from '../effect/effect-result.js';
/** What may be shown of an always-valid analysis after any number of looks. */
export interface RunningView {
  /** The smallest p-value so far; it never increases. */
  readonly pValue: number;
  /** Intersection of the intervals so far; once it would be empty, the last one that was not. */
  readonly ci: Interval;
  /** The intervals of two looks exclude each other: the effect drifts, or an error of at most `alpha` has happened. */
  readonly contradictory: boolean;
}

/** Before the first look. */
export const NO_LOOKS: RunningView = Object.freeze({
  pValue: 1,
  ci: [-Infinity, Infinity] as const,
  contradictory: false,
});

/** Adds one look to a running view. Valid because p-value and interval hold at all looks at once. */
export function advanceRunningView(view: RunningView, pValue: number, ci: Interval): RunningView {
  const smallest = Math.min(view.pValue, pValue);
  if (view.contradictory) return { pValue: smallest, ci: view.ci, contradictory: true };
  const low = Math.max(view.ci[0], ci[0]);
  const high = Math.min(view.ci[1], ci[1]);
  if (low > high) return { pValue: smallest, ci: view.ci, contradictory: true };
  return { pValue: smallest, ci: [low, high], contradictory: false };
}
