import type { ArmEstimate } from '../../effect/arm-estimate.js';
import { noveltyTrend } from '../../novelty/novelty-trend.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { zFields } from './z-fields.js';

interface NoveltyInput {
  days: { day: number; control: ArmEstimate; treatment: ArmEstimate }[];
  alpha: number;
}

export const adapter: VectorAdapter = {
  noveltyTrend: ({ days, alpha }: NoveltyInput) => {
    const effects = days.map(({ day, control, treatment }) => ({
      day,
      estimate: treatment.mean - control.mean,
      standardError: Math.sqrt(control.variance / control.n + treatment.variance / treatment.n),
    }));
    return answer(noveltyTrend(effects, alpha), ({ pooledEffect, slope, earlyLate, heterogeneity, verdict }) => ({
      pooledEffect: zFields(pooledEffect),
      slope: zFields(slope),
      earlyLate: { early: earlyLate.early, late: earlyLate.late, difference: zFields(earlyLate.difference) },
      Q: { chi2: heterogeneity.statistic, df: heterogeneity.degreesOfFreedom, pValue: heterogeneity.pValue },
      verdict,
    }));
  },
};
