import { armEstimate } from '../../effect/arm-estimate.js';
import type { EffectResult } from '../../effect/effect-result.js';
import { ratioEffect } from '../../ratio/ratio-effect.js';
import { ratioSums } from '../../ratio/ratio-sums.js';
import { ratioMoments, ratioVariance } from '../../ratio/ratio-variance.js';
import type { Outcome } from '../../refusal.js';
import { ratioFromSums, type RatioSummary } from '../../summary/ratio-summary.js';
import type { VectorAdapter } from '../compare.js';

interface RatioInput {
  readonly n: number;
  readonly mSum: number;
  readonly mSumSquares: number;
  readonly dSum: number;
  readonly dSumSquares: number;
  readonly mdSum: number;
}

/** The vectors' spelling of an effect. */
export function effectFields(outcome: Outcome<EffectResult>): Record<string, unknown> {
  if (!outcome.ok) return { error: outcome.refusal.code };
  const { estimate, standardError, degreesOfFreedom, pValue, ci } = outcome.value;
  return { pointEstimate: estimate, se: standardError, df: degreesOfFreedom, pValue, ci };
}

function read(input: RatioInput): RatioSummary {
  return ratioFromSums({
    n: input.n,
    numeratorSum: input.mSum,
    numeratorSquares: input.mSumSquares,
    denominatorSum: input.dSum,
    denominatorSquares: input.dSumSquares,
    product: input.mdSum,
  });
}

export const adapter: VectorAdapter = {
  ratioEffect: (input: { control: RatioInput; treatment: RatioInput; alpha: number }) => {
    const control = read(input.control);
    const treatment = read(input.treatment);
    const absolute = ratioEffect(control, treatment, 'absolute', input.alpha);
    if (!absolute.ok) return { error: absolute.refusal.code };
    const relative = ratioEffect(control, treatment, 'relative', input.alpha);
    return {
      ratioC: armEstimate(control).mean,
      ratioT: armEstimate(treatment).mean,
      varC: armEstimate(control).variance,
      varT: armEstimate(treatment).variance,
      absolute: effectFields(absolute),
      relative: effectFields(relative),
    };
  },
  ratioSumsFromRaw: ({ m, d }: { m: number[]; d: number[] }) => {
    const sums = ratioSums(m, d);
    return {
      n: sums.n,
      mSum: sums.numeratorSum,
      mSumSquares: sums.numeratorSquares,
      dSum: sums.denominatorSum,
      dSumSquares: sums.denominatorSquares,
      mdSum: sums.product,
    };
  },
  ratioCovariance: (input: RatioInput) => {
    const moments = ratioMoments(read(input));
    const ratio = moments.meanDenominator === 0 ? null : moments.meanNumerator / moments.meanDenominator;
    return { covariance: moments.covariance, ratio, variance: ratioVariance(moments) };
  },
  ratioVariance: (input: RatioInput) => ({ variance: ratioVariance(ratioMoments(read(input))) }),
  ratioVarianceFromMoments: (input: { meanM: number; varM: number; meanD: number; varD: number; cov: number }) => ({
    variance: ratioVariance({
      meanNumerator: input.meanM,
      varianceNumerator: input.varM,
      meanDenominator: input.meanD,
      varianceDenominator: input.varD,
      covariance: input.cov,
    }),
  }),
};
