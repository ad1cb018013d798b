import type { AdjustedArms } from '../cuped/adjusted-effect.js';
import { cupedEstimate } from '../cuped/cuped-estimate.js';
import { cupedRatioEstimate } from '../cuped/cuped-ratio-estimate.js';
import { armEstimate, type ArmEstimate, type PlainSummary } from '../effect/arm-estimate.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { meanFromProportion } from '../summary/mean-summary.js';
import { mergeStrata, mergeUnusableStrata } from './merge-unusable-strata.js';
import { stratumEstimate, type StratifiableSummary, type Stratum, type StratumEstimate } from './stratum.js';

/** Two arms with the mix of strata of both arms together. */
export interface PostStratifiedEstimate {
  /** Post-stratified mean (or ratio) of control: the baseline of relative effects. */
  readonly controlMean: number;
  readonly treatmentMean: number;
  readonly standardError: number;
  /** Of `(treatmentMean - controlMean)/|controlMean|`; `NaN` for a baseline of 0. */
  readonly relativeStandardError: number;
  /** Squared standard error of `controlMean`, and its covariance with the difference. */
  readonly baselineVariance: number;
  readonly baselineCovariance: number;
  /** Welch's, of the arms without strata. */
  readonly degreesOfFreedom: number;
  readonly units: number;
  /** After merging the unusable ones. */
  readonly strataUsed: number;
}

interface WeightedStratum extends StratumEstimate {
  /** Share of the stratum in all units, `ν`. */
  readonly share: number;
}

/**
 * Post-stratification by a pre-exposure attribute: every stratum's arms are weighted by the stratum's share `ν` in both
 * arms together, which takes out what a chance imbalance of the strata adds to the difference. With gradient `g` of the
 * effect by the weighted means and `s_k = g · means of stratum k`, the variance is
 * `[Σ ν s² - (Σ ν s)²]/n + Σ ν² g' V g`, with `V` the squared errors of the stratum's means: the strata's sizes are random
 * too (as gbstats; Xie & Aurisset 2016). Arms with covariates are regressed within each stratum.
 *
 * Refuses NO_UNITS, STRATA_UNUSABLE (even all strata together have no variance), INVALID_INPUT (kinds differ, values that are not finite) and
 * ZERO_DENOMINATOR.
 */
export function postStratifiedEstimate(strata: readonly Stratum[]): Outcome<PostStratifiedEstimate> {
  const kinds = new Set(strata.flatMap((stratum) => [stratum.control.kind, stratum.treatment.kind]));
  if (kinds.size > 1) return refused('INVALID_INPUT', 'all strata must be of one kind');
  const filled = strata.filter((stratum) => stratum.control.n + stratum.treatment.n > 0);
  const [first, ...rest] = filled;
  if (first === undefined) return refused('NO_UNITS', 'no stratum has units');
  const usable = mergeUnusableStrata(filled);
  const whole = unstratified(rest.reduce(mergeStrata, first));
  if (usable.length === 0 || whole === null) return refused('STRATA_UNUSABLE', 'an arm has no variance in any stratum');
  const degreesOfFreedom = welchDegreesOfFreedom(...whole);
  if (Number.isNaN(degreesOfFreedom)) return refused('INVALID_INPUT', 'the values must be finite numbers that vary');
  const units = usable.reduce((sum, stratum) => sum + stratum.control.n + stratum.treatment.n, 0);
  const weighted = usable.flatMap((stratum): WeightedStratum[] => {
    const estimate = stratumEstimate(stratum);
    return estimate === null ? [] : [{ ...estimate, share: estimate.n / units }];
  });
  const control = weightedMeans(weighted, 'control');
  const treatment = weightedMeans(weighted, 'treatment');
  if (control[1] === 0 || treatment[1] === 0) return refused('ZERO_DENOMINATOR', 'the denominators of an arm add to 0');
  const [controlMean, treatmentMean] = [valueOf(control), valueOf(treatment)];
  const [controlGradient, treatmentGradient] = [gradientOf(control), gradientOf(treatment)];
  const variance = (controlFactor: number, treatmentFactor: number): number =>
    effectVariance(weighted, units, scale(controlGradient, controlFactor), scale(treatmentGradient, treatmentFactor));
  const [ofDifference, ofControl] = [variance(-1, 1), variance(1, 0)];
  return computed({
    controlMean,
    treatmentMean,
    standardError: Math.sqrt(ofDifference),
    relativeStandardError: Math.sqrt(variance(-treatmentMean / controlMean ** 2, 1 / controlMean)),
    baselineVariance: ofControl,
    baselineCovariance: (variance(0, 1) - ofDifference - ofControl) / 2,
    degreesOfFreedom,
    units,
    strataUsed: usable.length,
  });
}

/** Both arms without strata, for the degrees of freedom. */
function unstratified({ control, treatment }: Stratum): readonly [ArmEstimate, ArmEstimate] | null {
  if (control.n < 2 || treatment.n < 2) return null;
  if (control.kind === 'covariate' && treatment.kind === 'covariate') return arms(cupedEstimate(control, treatment));
  if (control.kind === 'ratio-covariate' && treatment.kind === 'ratio-covariate') {
    return arms(cupedRatioEstimate(control, treatment));
  }
  const [c, t] = [withSampleVariance(control), withSampleVariance(treatment)];
  return c === null || t === null ? null : [armEstimate(c), armEstimate(t)];
}

function arms(adjusted: Outcome<AdjustedArms>): readonly [ArmEstimate, ArmEstimate] | null {
  return adjusted.ok ? [adjusted.value.control, adjusted.value.treatment] : null;
}

/** gbstats adds the strata's proportions up as means. */
function withSampleVariance(summary: StratifiableSummary): PlainSummary | null {
  if (summary.kind === 'covariate' || summary.kind === 'ratio-covariate') return null;
  return summary.kind === 'proportion' ? meanFromProportion(summary) : summary;
}

function weightedMeans(strata: readonly WeightedStratum[], arm: 'control' | 'treatment'): readonly number[] {
  const size = strata[0]?.[arm].length ?? 0;
  return Array.from({ length: size }, (_, i) =>
    strata.reduce((sum, stratum) => sum + stratum.share * (stratum[arm][i] ?? NaN), 0),
  );
}

/** A mean is itself; a pair is numerator over denominator. */
function valueOf(means: readonly number[]): number {
  const [numerator = NaN, denominator] = means;
  return denominator === undefined ? numerator : numerator / denominator;
}

function gradientOf(means: readonly number[]): readonly number[] {
  const [numerator = NaN, denominator] = means;
  return denominator === undefined ? [1] : [1 / denominator, -numerator / denominator ** 2];
}

function scale(gradient: readonly number[], factor: number): readonly number[] {
  return gradient.map((value) => value * factor);
}

function effectVariance(
  strata: readonly WeightedStratum[],
  units: number,
  controlGradient: readonly number[],
  treatmentGradient: readonly number[],
): number {
  let mean = 0;
  let within = 0;
  const gradient = [...controlGradient, ...treatmentGradient];
  const scores = strata.map(({ share, control, treatment, covariance }) => {
    const score = dot(controlGradient, control) + dot(treatmentGradient, treatment);
    const spread = covariance.map((row) => dot(row, gradient));
    mean += share * score;
    within += share ** 2 * Math.max(0, dot(gradient, spread));
    return { share, score };
  });
  const between = scores.reduce((sum, { share, score }) => sum + share * (score - mean) ** 2, 0);
  return between / units + within;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}
