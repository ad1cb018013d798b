import { cupedEstimate } from '../cuped/cuped-estimate.js';
import { armEstimate, type ArmEstimate, type PlainSummary } from '../effect/arm-estimate.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { meanFromProportion } from '../summary/mean-summary.js';
import { mergeStrata, mergeUnusableStrata } from './merge-unusable-strata.js';
import { stratumArms, type Stratum, type StratumArm } from './stratum.js';

/** Two arms with the mix of strata of both arms together. */
export interface PostStratifiedEstimate {
  /** Post-stratified mean (or ratio) of control: the baseline of relative effects. */
  readonly controlMean: number;
  readonly treatmentMean: number;
  readonly standardError: number;
  /** Of `(treatmentMean - controlMean)/|controlMean|`; `NaN` for a baseline of 0. */
  readonly relativeStandardError: number;
  /** Welch's, of the arms without strata. */
  readonly degreesOfFreedom: number;
  readonly units: number;
  /** After merging the unusable ones. */
  readonly strataUsed: number;
}

interface WeightedStratum {
  /** Share of the stratum in all units, `ν`. */
  readonly share: number;
  readonly control: StratumArm;
  readonly treatment: StratumArm;
}

/**
 * Post-stratification by a pre-exposure attribute: every stratum's arms are weighted by the stratum's share `ν` in both
 * arms together, which takes out what a chance imbalance of the strata adds to the difference. With gradient `g` of the
 * effect by the weighted means and `s_k = g · means of stratum k`, the variance is
 * `[Σ ν s² - (Σ ν s)²]/n + Σ ν² g' Λ g / n_arm`: the strata's sizes are random too (as gbstats; Xie & Aurisset 2016).
 *
 * Refuses NO_UNITS, STRATA_UNUSABLE (even all strata together have no variance), INVALID_INPUT (kinds differ) and
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
  const units = usable.reduce((sum, stratum) => sum + stratum.control.n + stratum.treatment.n, 0);
  const weighted = usable.flatMap((stratum): WeightedStratum[] => {
    const arms = stratumArms(stratum);
    if (arms === null) return [];
    const [control, treatment] = arms;
    return [{ share: (control.n + treatment.n) / units, control, treatment }];
  });
  const control = weightedMeans(weighted, 'control');
  const treatment = weightedMeans(weighted, 'treatment');
  if (control[1] === 0 || treatment[1] === 0) return refused('ZERO_DENOMINATOR', 'the denominators of an arm add to 0');
  const [controlMean, treatmentMean] = [valueOf(control), valueOf(treatment)];
  const [controlGradient, treatmentGradient] = [gradientOf(control), gradientOf(treatment)];
  const variance = (controlFactor: number, treatmentFactor: number): number =>
    effectVariance(weighted, units, scale(controlGradient, controlFactor), scale(treatmentGradient, treatmentFactor));
  return computed({
    controlMean,
    treatmentMean,
    standardError: Math.sqrt(variance(-1, 1)),
    relativeStandardError: Math.sqrt(variance(-treatmentMean / controlMean ** 2, 1 / controlMean)),
    degreesOfFreedom: welchDegreesOfFreedom(...whole),
    units,
    strataUsed: usable.length,
  });
}

/** Both arms without strata, for the degrees of freedom. */
function unstratified({ control, treatment }: Stratum): readonly [ArmEstimate, ArmEstimate] | null {
  if (control.n < 2 || treatment.n < 2) return null;
  if (control.kind !== 'covariate' && treatment.kind !== 'covariate') {
    return [armEstimate(withSampleVariance(control)), armEstimate(withSampleVariance(treatment))];
  }
  if (control.kind !== 'covariate' || treatment.kind !== 'covariate') return null;
  const estimate = cupedEstimate(control, treatment);
  return estimate.ok ? [estimate.value.control, estimate.value.treatment] : null;
}

/** gbstats adds the strata's proportions up as means. */
function withSampleVariance(summary: PlainSummary): PlainSummary {
  return summary.kind === 'proportion' ? meanFromProportion(summary) : summary;
}

function weightedMeans(strata: readonly WeightedStratum[], arm: 'control' | 'treatment'): readonly number[] {
  const size = strata[0]?.[arm].means.length ?? 0;
  return Array.from({ length: size }, (_, i) =>
    strata.reduce((sum, stratum) => sum + stratum.share * (stratum[arm].means[i] ?? NaN), 0),
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
  const scores = strata.map(({ share, control, treatment }) => {
    const score = dot(controlGradient, control.means) + dot(treatmentGradient, treatment.means);
    mean += share * score;
    within += share ** 2 * (armVariance(control, controlGradient) + armVariance(treatment, treatmentGradient));
    return { share, score };
  });
  const between = scores.reduce((sum, { share, score }) => sum + share * (score - mean) ** 2, 0);
  return between / units + within;
}

function armVariance(arm: StratumArm, gradient: readonly number[]): number {
  const spread = arm.covariance.map((row) => dot(row, gradient));
  return Math.max(0, dot(gradient, spread)) / arm.n;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}
