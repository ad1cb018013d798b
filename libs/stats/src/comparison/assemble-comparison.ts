import { effectPosterior } from '../bayesian/effect-posterior.js';
import type { Refusal } from '../refusal.js';
import { asymptoticConfidenceSequence } from '../sequential/asymptotic-confidence-sequence.js';
import { completeOptions, type ComparisonOptions, type CompleteOptions } from './comparison-options.js';
import type {
  BayesianView,
  Comparison,
  ComparisonEffect,
  ComparisonTest,
  RelativeEffect,
  SequentialView,
} from './comparison.js';

/** The fixed-horizon part of a comparison, and what the other views need of it. */
export interface FixedHorizon {
  readonly test: ComparisonTest;
  /** Units of both arms. */
  readonly n: number;
  /** In the metric's units; what relative effects divide by. */
  readonly controlMean: number;
  readonly absolute: ComparisonEffect;
  readonly relative: RelativeEffect | null;
  readonly statistic: number | null;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  readonly refusal: Refusal | null;
}

/** Adds the sequential and the Bayesian view of the same estimates. */
export function assembleComparison(fixed: FixedHorizon, options: CompleteOptions): Comparison {
  const { absolute, relative, pValue } = fixed;
  return Object.freeze({
    absolute: plain(absolute),
    relative: relative === null ? null : { ...plain(relative), robust: relative.robust },
    test: fixed.test,
    statistic: fixed.statistic,
    degreesOfFreedom: fixed.degreesOfFreedom,
    pValue,
    adjustedPValue: pValue,
    significant: pValue === null ? null : pValue < options.alpha,
    sequential: sequentialView(fixed, options),
    bayesian: bayesianView(fixed, options),
    refusal: fixed.refusal,
  });
}

/** A comparison of which nothing can be said but why, and what a prior said before. */
export function refusedComparison(
  test: ComparisonTest,
  refusal: Refusal,
  bayesian: BayesianView | null = null,
): Comparison {
  return Object.freeze({
    absolute: null,
    relative: null,
    test,
    statistic: null,
    degreesOfFreedom: null,
    pValue: null,
    adjustedPValue: null,
    significant: null,
    sequential: null,
    bayesian,
    refusal,
  });
}

/** Two arms that cannot be compared; without variance in either there still is what a proper prior says. */
export function withoutTest(
  test: ComparisonTest,
  refusal: Refusal,
  controlMean: number,
  options: ComparisonOptions,
): Comparison {
  return refusedComparison(test, refusal, refusal.code === 'ZERO_VARIANCE' ? priorView(controlMean, options) : null);
}

function plain({ estimate, standardError, ci }: ComparisonEffect): ComparisonEffect {
  return { estimate, standardError, ci };
}

function sequentialView({ absolute, relative, n }: FixedHorizon, options: CompleteOptions): SequentialView | null {
  if (options.sequential === null || absolute.standardError === null) return null;
  const { method, tuningParameter } = options.sequential;
  const plan = { alpha: options.alpha, alternative: options.alternative, tuningParameter };
  const look = asymptoticConfidenceSequence({ ...absolute, standardError: absolute.standardError, n }, plan);
  if (!look.ok) return null;
  const { ci, pValue } = look.value;
  return { method, pValue, ci, relativeCi: relativeSequence(relative, n, plan), significant: pValue < options.alpha };
}

function relativeSequence(
  relative: ComparisonEffect | null,
  n: number,
  plan: Parameters<typeof asymptoticConfidenceSequence>[1],
): SequentialView['relativeCi'] {
  if (relative === null || relative.standardError === null || relative.standardError === 0) return null;
  const look = asymptoticConfidenceSequence({ ...relative, standardError: relative.standardError, n }, plan);
  return look.ok ? look.value.ci : null;
}

/**
 * What a proper prior says when no unit differs from another: the data then add nothing to it. `null` for a flat prior, and
 * for a baseline of 0, to which nothing can be relative.
 */
function priorView(controlMean: number, options: ComparisonOptions): BayesianView | null {
  const { alpha, prior, lowerIsBetter } = completeOptions(options);
  if (prior === null) return null;
  const nothing = { kind: 'absolute', estimate: 0, standardError: 0, controlMean } as const;
  const posterior = effectPosterior(nothing, { alpha, prior, lowerIsBetter });
  if (!posterior.ok) return null;
  const { chanceToWin, lossOfShippingTreatment: expectedLoss, ci: credibleInterval } = posterior.value;
  return { chanceToWin, expectedLoss, credibleInterval };
}

/** The prior is one of the relative effect, so the chance to win is read there; loss and interval in metric units. */
function bayesianView(fixed: FixedHorizon, options: CompleteOptions): BayesianView | null {
  const { absolute, relative, controlMean, refusal } = fixed;
  if (absolute.standardError === null) {
    return refusal?.code === 'ZERO_VARIANCE' ? priorView(controlMean, options) : null;
  }
  const posteriorOptions = { alpha: options.alpha, prior: options.prior, lowerIsBetter: options.lowerIsBetter };
  const onUnits = effectPosterior(
    { kind: 'absolute', estimate: absolute.estimate, standardError: absolute.standardError, controlMean },
    posteriorOptions,
  );
  if (!onUnits.ok) return null;
  const { chanceToWin, lossOfShippingTreatment: expectedLoss, ci: credibleInterval } = onUnits.value;
  const onLift =
    relative === null || relative.standardError === null
      ? null
      : effectPosterior(
          { kind: 'relative', estimate: relative.estimate, standardError: relative.standardError, controlMean },
          posteriorOptions,
        );
  return { chanceToWin: onLift?.ok ? onLift.value.chanceToWin : chanceToWin, expectedLoss, credibleInterval };
}
