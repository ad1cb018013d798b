import type { ArmEstimate } from '../effect/arm-estimate.js';
import { ratioCovariance } from '../ratio/ratio-covariance.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { covarianceOf, meanOf, type Moments } from '../summary/moments.js';
import type { RatioCovariateSummary } from '../summary/ratio-covariate-summary.js';
import { sumWithoutRounding } from '../summary/sum-without-rounding.js';

/** Two arms of a ratio metric after adjustment for the same ratio before exposure. */
export interface CupedRatioEstimate {
  readonly theta: number;
  /** Adjusted ratio and per-unit variance of each arm. */
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Unadjusted ratio of control. */
  readonly baseline: number;
  readonly relativeStandardError: number;
  /** Squared standard error of the baseline, and its covariance with the adjusted difference. */
  readonly baselineVariance: number;
  readonly baselineCovariance: number;
}

/** Slopes this small change nothing; gbstats then reports the plain ratio. */
const NEGLIGIBLE_SLOPE = 1e-8;

/** Places of the variables in the moments. */
const [M, D, M_BEFORE, D_BEFORE] = [0, 1, 2, 3] as const;

/**
 * CUPED for ratios of sums: `R - θ R_before` per arm. Both ratios are linearised per arm; `θ` is the sum of their
 * covariances over the sum of the variances of the earlier one, `(covC + covT)/(var_beforeC + var_beforeT)`; all errors
 * by the delta method on the four means of each arm (Deng, Knoblich & Lu 2018; relative gradient as gbstats).
 *
 * @param fixedTheta uses this slope instead of estimating one.
 * @returns Refuses TOO_FEW_UNITS, ZERO_DENOMINATOR (after exposure; without an earlier denominator there is nothing to
 *   adjust by and `θ` is 0).
 */
export function cupedRatioEstimate(
  control: RatioCovariateSummary,
  treatment: RatioCovariateSummary,
  fixedTheta?: number,
): Outcome<CupedRatioEstimate> {
  const [c, t] = [control.moments, treatment.moments];
  if (c.n === 0 || t.n === 0) return refused('NO_UNITS', 'both arms need units');
  if (c.n < 2 || t.n < 2) return refused('TOO_FEW_UNITS', 'a variance needs at least 2 units in each arm');
  if (meanOf(c, D) === 0 || meanOf(t, D) === 0)
    return refused('ZERO_DENOMINATOR', 'the denominators of an arm add to 0');
  const theta = fixedTheta ?? estimateTheta(c, t);
  const controlGradient = absoluteGradient(c, theta);
  const treatmentGradient = absoluteGradient(t, theta);
  const plainGradient = absoluteGradient(c, 0);
  const controlArm = { n: c.n, mean: adjustedRatio(c, theta), variance: quadraticForm(c, controlGradient) };
  const treatmentArm = { n: t.n, mean: adjustedRatio(t, theta), variance: quadraticForm(t, treatmentGradient) };
  const baseline = meanOf(c, M) / meanOf(c, D);
  const size = Math.abs(baseline);
  const relativeGradient = relativeControlGradient(c, controlGradient, size, treatmentArm.mean - controlArm.mean);
  const relativeVariance = treatmentArm.variance / size ** 2 / t.n + quadraticForm(c, relativeGradient) / c.n;
  return computed({
    theta,
    control: controlArm,
    treatment: treatmentArm,
    baseline,
    relativeStandardError: Math.sqrt(relativeVariance),
    baselineVariance: bilinearForm(c, plainGradient, plainGradient) / c.n,
    baselineCovariance: -bilinearForm(c, controlGradient, plainGradient) / c.n,
  });
}

function estimateTheta(control: Moments, treatment: Moments): number {
  if ([control, treatment].some((arm) => meanOf(arm, D_BEFORE) === 0)) return 0;
  let shared = 0;
  let before = 0;
  for (const arm of [control, treatment]) {
    const covariance = ratioCovariance(arm);
    shared += covariance.ok ? covariance.value : 0;
    before += quadraticForm(arm, earlierGradient(arm));
  }
  const theta = before > 0 ? shared / before : 0;
  return Math.abs(theta) < NEGLIGIBLE_SLOPE ? 0 : theta;
}

function adjustedRatio(arm: Moments, theta: number): number {
  const ratio = meanOf(arm, M) / meanOf(arm, D);
  return theta === 0 ? ratio : ratio - theta * (meanOf(arm, M_BEFORE) / meanOf(arm, D_BEFORE));
}

type Gradient = readonly [number, number, number, number];

/** Derivative of the earlier ratio by the four means. */
function earlierGradient(arm: Moments): Gradient {
  const denominator = meanOf(arm, D_BEFORE);
  return [0, 0, 1 / denominator, -meanOf(arm, M_BEFORE) / denominator ** 2];
}

/** Derivative of the adjusted ratio by the four means. */
function absoluteGradient(arm: Moments, theta: number): Gradient {
  const denominator = meanOf(arm, D);
  const [, , m, d] = theta === 0 ? [0, 0, 0, 0] : earlierGradient(arm);
  return [1 / denominator, -meanOf(arm, M) / denominator ** 2, -theta * m, -theta * d];
}

/** Derivative of `difference/|baseline|` by the means of control, which stand in both. */
function relativeControlGradient(arm: Moments, absolute: Gradient, size: number, difference: number): Gradient {
  const towards = difference * Math.sign(meanOf(arm, M) / meanOf(arm, D));
  const factor = -(size + towards) / size ** 2;
  return [factor * absolute[0], factor * absolute[1], -absolute[2] / size, -absolute[3] / size];
}

/** `g' Λ g` with the covariance matrix of the arm's four variables. */
function quadraticForm(arm: Moments, gradient: Gradient): number {
  return Math.max(0, bilinearForm(arm, gradient, gradient));
}

function bilinearForm(arm: Moments, a: Gradient, b: Gradient): number {
  const terms: number[] = [];
  a.forEach((left, i) => {
    b.forEach((right, j) => {
      if (left !== 0 && right !== 0) terms.push(left * right * covarianceOf(arm, i, j));
    });
  });
  return sumWithoutRounding(terms);
}
