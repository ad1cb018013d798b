import { armEstimate } from '../../effect/arm-estimate.js';
import { segmentHeterogeneity, type SegmentResult } from '../../heterogeneity/segment-heterogeneity.js';
import { proportionSummary } from '../../summary/proportion-summary.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { zFields } from './z-fields.js';

interface HeterogeneityInput {
  segments: { segment: string; control: { n: number; x: number }; treatment: { n: number; x: number } }[];
  alpha: number;
}

const segmentFields = (result: SegmentResult): unknown => ({
  effect: result.estimate,
  se: result.standardError,
  pValue: result.pValue,
  pHolm: result.holmPValue,
  pBH: result.bhPValue,
});

export const adapter: VectorAdapter = {
  segmentHeterogeneity: ({ segments, alpha }: HeterogeneityInput) => {
    const effects = segments.map(({ segment, control, treatment }) => {
      const c = armEstimate(proportionSummary(control.n, control.x));
      const t = armEstimate(proportionSummary(treatment.n, treatment.x));
      const standardError = Math.sqrt(c.variance / c.n + t.variance / t.n);
      return { segment, estimate: t.mean - c.mean, standardError, n: c.n + t.n };
    });
    return answer(segmentHeterogeneity(effects, alpha), (result) => ({
      segments: result.segments.map(segmentFields),
      fixedEffect: zFields(result.fixedEffect),
      Q: result.heterogeneity.statistic,
      df: result.heterogeneity.degreesOfFreedom,
      pHeterogeneity: result.heterogeneity.pValue,
      I2: result.i2,
      tau2: result.tau2,
      randomEffects: zFields(result.randomEffects),
      postStratified: {
        estimate: result.postStratified.estimate,
        seFixedWeights: result.postStratified.standardError,
      },
    }));
  },
};
