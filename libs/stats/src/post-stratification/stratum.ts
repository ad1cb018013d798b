import { cupedEstimate } from '../cuped/cuped-estimate.js';
import { armEstimate } from '../effect/arm-estimate.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import type { MeanSummary } from '../summary/mean-summary.js';
import { mergeMoments } from '../summary/merge-moments.js';
import { covarianceOf, meanOf } from '../summary/moments.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import type { RatioSummary } from '../summary/ratio-summary.js';

/** Summaries that can be stratified. */
export type StratifiableSummary = ProportionSummary | MeanSummary | RatioSummary | CovariateSummary;

/** Both arms within one value of a pre-exposure attribute. */
export interface Stratum {
  readonly control: StratifiableSummary;
  readonly treatment: StratifiableSummary;
}

/**
 * An arm of a stratum as a vector of means (one entry; two for a ratio) and the covariance matrix of one unit's values.
 */
export interface StratumArm {
  readonly n: number;
  readonly means: readonly number[];
  readonly covariance: readonly (readonly number[])[];
}

/** Both arms of a stratum as vectors, `null` when one of them cannot estimate its variance. */
export function stratumArms({ control, treatment }: Stratum): readonly [StratumArm, StratumArm] | null {
  if (control.kind === 'covariate' || treatment.kind === 'covariate') {
    return control.kind === 'covariate' && treatment.kind === 'covariate' ? adjustedArms(control, treatment) : null;
  }
  if (!hasVariance(control) || !hasVariance(treatment)) return null;
  return [vectorArm(control), vectorArm(treatment)];
}

function hasVariance(summary: ProportionSummary | MeanSummary | RatioSummary): boolean {
  return summary.n > 1 && armEstimate(summary).variance > 0;
}

function vectorArm(summary: ProportionSummary | MeanSummary | RatioSummary): StratumArm {
  if (summary.kind !== 'ratio') {
    const { n, mean, variance } = armEstimate(summary);
    return { n, means: [mean], covariance: [[variance]] };
  }
  const { moments } = summary;
  const covariance = [0, 1].map((i) => [0, 1].map((j) => covarianceOf(moments, i, j)));
  return { n: summary.n, means: [meanOf(moments, 0), meanOf(moments, 1)], covariance };
}

/** Regression on the covariates within the stratum, evaluated at the stratum's own mean of them. */
function adjustedArms(
  control: CovariateSummary,
  treatment: CovariateSummary,
): readonly [StratumArm, StratumArm] | null {
  if (control.n < 2 || treatment.n < 2) return null;
  const estimate = cupedEstimate(control, treatment);
  if (!estimate.ok || !(estimate.value.control.variance > 0 && estimate.value.treatment.variance > 0)) return null;
  const pooled = mergeMoments(control.moments, treatment.moments);
  const level = estimate.value.theta.reduce((sum, slope, i) => sum + slope * meanOf(pooled, i + 1), 0);
  const arm = ({ n, mean, variance }: { n: number; mean: number; variance: number }): StratumArm => ({
    n,
    means: [mean + level],
    covariance: [[variance]],
  });
  return [arm(estimate.value.control), arm(estimate.value.treatment)];
}
