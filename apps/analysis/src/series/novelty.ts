import type { NoveltyResult } from '@assay/contracts';
import { adjustPValues, compareArms, meanSummary, noveltyTrend, type DailyEffect, type Moments } from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { plainEffect } from '../results/adjusted-comparison.js';

/** What units did on one day after their exposure, by variant id. */
export interface AgeMoments {
  /** 0 is the first day. */
  readonly age: number;
  readonly arms: ReadonlyMap<string, Moments>;
}

/** A trend whose p-value is not corrected yet. */
export interface Trend {
  readonly verdict: NonNullable<NoveltyResult['verdict']>;
  readonly result: NoveltyResult;
}

/**
 * Whether the effect of each treatment wears off, or grows, with the days since the units' exposure. The verdicts are of
 * p-values that are corrected over the treatments.
 */
export function noveltyOf(plan: ExperimentPlan, ages: readonly AgeMoments[]): NoveltyResult[] {
  const { alpha } = plan.definition.analysis;
  return correctedTrends(trendsOf(plan, ages, alpha), alpha);
}

/** The false discovery rate over all of the trends decides which of them have a verdict. */
export function correctedTrends(trends: readonly Trend[], level: number): NoveltyResult[] {
  const tested = trends.filter(({ result }) => result.pValue !== null);
  const adjusted = adjustPValues(
    tested.map(({ result }) => result.pValue ?? 1),
    'bh',
  );
  return trends.map((trend) => {
    const adjustedPValue = adjusted.ok ? (adjusted.value[tested.indexOf(trend)] ?? null) : null;
    if (adjustedPValue === null) return trend.result;
    return { ...trend.result, adjustedPValue, verdict: adjustedPValue < level ? trend.verdict : 'none' };
  });
}

/** One for each treatment, with intervals at `1 - level`. */
export function trendsOf({ definition }: ExperimentPlan, ages: readonly AgeMoments[], level: number): Trend[] {
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
    return trendOf(key, effects, level);
  });
}

function trendOf(variantKey: string, days: readonly DailyEffect[], level: number): Trend {
  const trend = noveltyTrend(days, level);
  const shown = days.map(({ day, estimate, standardError }) => ({ day, estimate, standardError }));
  if (!trend.ok) {
    const nothing = { verdict: null, slope: null, pValue: null, adjustedPValue: null, early: null, late: null };
    return { verdict: 'none', result: { variantKey, ...nothing, days: shown, refusal: trend.refusal } };
  }
  const { verdict, slope, earlyLate } = trend.value;
  const { estimate, standardError, ci, pValue } = slope;
  const result = {
    variantKey,
    verdict,
    slope: plainEffect({ estimate, standardError, ci }),
    pValue,
    adjustedPValue: pValue,
    early: earlyLate.early,
    late: earlyLate.late,
    days: shown,
    refusal: null,
  };
  return { verdict, result };
}
