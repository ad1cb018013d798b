import type { NoveltyResult } from '@assay/contracts';
import { compareArms, meanSummary, noveltyTrend, type DailyEffect, type Moments } from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { plainEffect } from '../results/adjusted-comparison.js';

/** What units did on one day after their exposure, by variant id. */
export interface AgeMoments {
  /** 0 is the first day. */
  readonly age: number;
  readonly arms: ReadonlyMap<string, Moments>;
}

/** Whether the effect of each treatment wears off, or grows, with the days since the units' exposure. */
export function noveltyOf({ definition }: ExperimentPlan, ages: readonly AgeMoments[]): NoveltyResult[] {
  const control = definition.variants.find(({ isControl }) => isControl);
  const treatments = definition.variants.filter(({ isControl }) => !isControl);
  if (control === undefined) return [];
  return treatments.map(({ id, key }) => {
    const effects = ages.flatMap(({ age, arms }): DailyEffect[] => {
      const [c, t] = [arms.get(control.id), arms.get(id)];
      if (c === undefined || t === undefined) return [];
      const { absolute } = compareArms({ control: meanSummary(c), treatment: meanSummary(t) });
      if (absolute?.standardError == null || !(absolute.standardError > 0)) return [];
      return [{ day: age, estimate: absolute.estimate, standardError: absolute.standardError }];
    });
    return trendOf(key, effects, definition.analysis.alpha);
  });
}

function trendOf(variantKey: string, days: readonly DailyEffect[], alpha: number): NoveltyResult {
  const trend = noveltyTrend(days, alpha);
  const shown = days.map(({ day, estimate, standardError }) => ({ day, estimate, standardError }));
  if (!trend.ok) {
    const nothing = { verdict: null, slope: null, pValue: null, early: null, late: null };
    return { variantKey, ...nothing, days: shown, refusal: trend.refusal };
  }
  const { verdict, slope, earlyLate } = trend.value;
  const { estimate, standardError, ci, pValue } = slope;
  return {
    variantKey,
    verdict,
    slope: plainEffect({ estimate, standardError, ci }),
    pValue,
    early: earlyLate.early,
    late: earlyLate.late,
    days: shown,
    refusal: null,
  };
}
