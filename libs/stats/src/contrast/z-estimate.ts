import { normalSurvivalQuantile, normalTwoSidedP } from '../distributions/normal.js';

/** An estimate that is normal enough for a z test, in the unit of the metric (or of its logarithm, where said so). */
export interface ZEstimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly ci: readonly [number, number];
}

/**
 * Two-sided z test and interval of an estimate against 0.
 *
 * @param standardError - positive and finite.
 */
export function zEstimate(estimate: number, standardError: number, alpha: number): ZEstimate {
  const z = estimate / standardError;
  const halfwidth = normalSurvivalQuantile(alpha / 2) * standardError;
  return { estimate, standardError, z, pValue: normalTwoSidedP(z), ci: [estimate - halfwidth, estimate + halfwidth] };
}
