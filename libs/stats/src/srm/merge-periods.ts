import type { SrmPeriod } from './srm-over-periods.js';

/** Shares that differ by less say the same: thirds are written in several ways. */
const SAME = 1e-12;

/** A period with its weights as shares of 1. */
export interface SharedPeriod extends SrmPeriod {
  readonly shares: readonly number[];
}

/** Periods whose weights say the same as one, by the weights of the first of them. */
export function mergePeriods(periods: readonly SrmPeriod[]): SharedPeriod[] {
  const merged: (SharedPeriod & { readonly observed: number[] })[] = [];
  for (const { observed, weights } of periods) {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const shares = weights.map((weight) => weight / sum);
    const held = merged.find((each) => each.shares.every((share, arm) => Math.abs(share - (shares[arm] ?? 0)) < SAME));
    if (held === undefined) merged.push({ observed: [...observed], weights, shares });
    else observed.forEach((count, arm) => (held.observed[arm] = (held.observed[arm] ?? 0) + count));
  }
  return merged;
}
