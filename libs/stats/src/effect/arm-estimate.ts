import { ratioMoments, ratioVariance } from '../ratio/ratio-variance.js';
import { meanOf, varianceOf } from '../summary/moments.js';
import type { MeanSummary } from '../summary/mean-summary.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import type { RatioSummary } from '../summary/ratio-summary.js';

/**
 * What every normal-theory comparison needs of one arm: the number of units, the estimate in the metric's units, and the
 * variance of a single unit, so that the squared standard error of the estimate is `variance / n`.
 */
export interface ArmEstimate {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/** The summaries an {@link ArmEstimate} can be read from. */
export type PlainSummary = ProportionSummary | MeanSummary | RatioSummary;

/**
 * Estimate and per-unit variance of a proportion (`p(1-p)`), a mean (sample variance) or a ratio (linearised, see
 * {@link ratioVariance}). Fewer than two units, or denominators that add to 0, give variance 0, which the tests refuse.
 */
export function armEstimate(summary: PlainSummary): ArmEstimate {
  if (summary.kind === 'proportion') {
    const mean = summary.n > 0 ? summary.successes / summary.n : NaN;
    return { n: summary.n, mean, variance: mean * ((summary.n - summary.successes) / summary.n) };
  }
  const { moments } = summary;
  if (summary.kind === 'mean') return { n: summary.n, mean: meanOf(moments), variance: varianceOf(moments) };
  const ratio = ratioMoments(summary);
  const mean = ratio.meanDenominator === 0 ? NaN : ratio.meanNumerator / ratio.meanDenominator;
  return { n: summary.n, mean, variance: ratioVariance(ratio) };
}
