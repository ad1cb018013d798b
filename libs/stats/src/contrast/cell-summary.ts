import { refuse } from '../refusal.js';
import type { Refusal } from '../refusal.js';

/** What an arm, a cell of a factorial design, a day or a segment is summed up to. */
export interface CellSummary {
  readonly n: number;
  readonly mean: number;
  /** Per-unit variance: with divisor `n - 1`, or `p(1 - p)` for a proportion. */
  readonly variance: number;
}

/** The summary of a conversion metric: `x` of `n` units converted. */
export function conversionSummary(n: number, x: number): CellSummary {
  const mean = x / n;
  return { n, mean, variance: mean * (1 - mean) };
}

/** Why a cell cannot be compared, or `null`. */
export function cellRefusal({ n, mean, variance }: CellSummary, name: string): Refusal | null {
  if (!(n > 0)) return refuse('NO_UNITS', `${name} has no units.`);
  if (!(n > 1)) return refuse('TOO_FEW_UNITS', `${name} has ${n} unit; a variance needs two.`);
  if (!Number.isFinite(n) || !Number.isFinite(mean) || !Number.isFinite(variance)) {
    return refuse('INVALID_INPUT', `n, mean and variance of ${name} must be finite.`);
  }
  return variance >= 0 ? null : refuse('INVALID_INPUT', `The variance of ${name} is negative.`);
}
