import { armEstimate } from '../effect/arm-estimate.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import type { MeanSummary } from '../summary/mean-summary.js';
import { covarianceOf, meanOf, productOf } from '../summary/moments.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import type { RatioCovariateSummary } from '../summary/ratio-covariate-summary.js';
import { ratioSummary, type RatioSummary } from '../summary/ratio-summary.js';
import { selectMoments } from '../summary/select-moments.js';
import { regressedStratum } from './regressed-stratum.js';

/** Summaries that can be stratified. */
export type StratifiableSummary =
  ProportionSummary | MeanSummary | RatioSummary | CovariateSummary | RatioCovariateSummary;

/** Both arms within one value of a pre-exposure attribute. */
export interface Stratum {
  readonly control: StratifiableSummary;
  readonly treatment: StratifiableSummary;
}

/** Both arms of a stratum as vectors of means: one entry each, two for a ratio. */
export interface StratumEstimate {
  /** Units of both arms. */
  readonly n: number;
  readonly control: readonly number[];
  readonly treatment: readonly number[];
  /** Squared errors of the means, those of control first and then those of treatment. */
  readonly covariance: readonly (readonly number[])[];
}

/** gbstats' residual degrees of freedom of a regressed ratio are its units less this; with no more units it is not regressed. */
const RATIO_PARAMETERS = 6;

/** Both arms of a stratum, regressed on their covariates if they have some; `null` when an arm cannot estimate its variance. */
export function stratumEstimate({ control, treatment }: Stratum): StratumEstimate | null {
  if (control.kind === 'covariate' && treatment.kind === 'covariate') return adjustedMeans(control, treatment);
  if (control.kind === 'ratio-covariate' && treatment.kind === 'ratio-covariate') {
    return adjustedRatios(control, treatment);
  }
  const [c, t] = [plainArm(control), plainArm(treatment)];
  return c === null || t === null ? null : sideBySide(c, t);
}

interface Arm {
  readonly n: number;
  readonly means: readonly number[];
  /** Of one unit's values. */
  readonly covariance: readonly (readonly number[])[];
}

function plainArm(summary: StratifiableSummary): Arm | null {
  if (summary.kind === 'ratio-covariate') return plainArm(ratioSummary(selectMoments(summary.moments, [0, 1])));
  if (summary.kind === 'covariate') return plainOutcome(summary);
  if (!(summary.n > 1 && armEstimate(summary).variance > 0)) return null;
  if (summary.kind !== 'ratio') {
    const { n, mean, variance } = armEstimate(summary);
    return { n, means: [mean], covariance: [[variance]] };
  }
  const { moments } = summary;
  const covariance = [0, 1].map((i) => [0, 1].map((j) => covarianceOf(moments, i, j)));
  return { n: summary.n, means: [meanOf(moments, 0), meanOf(moments, 1)], covariance };
}

function plainOutcome({ n, outcomeKind, moments }: CovariateSummary): Arm | null {
  const squares = productOf(moments, 0, 0);
  if (!(n > 1 && squares > 0)) return null;
  return { n, means: [meanOf(moments)], covariance: [[squares / (outcomeKind === 'proportion' ? n : n - 1)]] };
}

/** Arms that know nothing of each other. */
function sideBySide(control: Arm, treatment: Arm): StratumEstimate {
  const size = control.means.length;
  const covariance = Array.from({ length: 2 * size }, (_, i) =>
    Array.from({ length: 2 * size }, (_entry, j) => {
      if (i < size !== j < size) return 0;
      const arm = i < size ? control : treatment;
      return (arm.covariance[i % size]?.[j % size] ?? NaN) / arm.n;
    }),
  );
  return { n: control.n + treatment.n, control: control.means, treatment: treatment.means, covariance };
}

function adjustedMeans(control: CovariateSummary, treatment: CovariateSummary): StratumEstimate | null {
  const [c, t] = [plainOutcome(control), plainOutcome(treatment)];
  if (c === null || t === null) return null;
  const regressed = regressedStratum(control.moments, treatment.moments, 1);
  if (regressed === null) return sideBySide(c, t);
  // Covariates that explain every outcome leave no variance to estimate.
  return (regressed.covariance[0]?.[0] ?? 0) > 0 ? regressed : null;
}

function adjustedRatios(control: RatioCovariateSummary, treatment: RatioCovariateSummary): StratumEstimate | null {
  const [c, t] = [plainArm(control), plainArm(treatment)];
  if (c === null || t === null) return null;
  return regressedStratum(control.moments, treatment.moments, 2, RATIO_PARAMETERS) ?? sideBySide(c, t);
}
