import { emptyMoments, mergeMoments, type Moments } from '@assay/stats';
import type { DayPart } from '../data/arm-store.js';
import { totalArms } from '../data/arm-totals.js';
import { toStatsMoments } from '../data/to-stats-moments.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { readMoments } from '../units/moments.js';

/** One metric among the units first exposed on one day, by variant id. */
export interface MetricDay {
  readonly day: number;
  readonly arms: ReadonlyMap<string, Moments>;
}

/** One metric day by day from the sums that are kept by day. */
export function metricDays(plan: ExperimentPlan, metric: MetricPlan, parts: readonly DayPart[]): MetricDay[] {
  const byDay = new Map<number, DayPart[]>();
  for (const part of parts) {
    const held = byDay.get(part.day);
    if (held === undefined) byDay.set(part.day, [part]);
    else held.push(part);
  }
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, present]) => ({
      day,
      arms: new Map(
        [...totalArms(plan, present)].map(([variantId, { moments }]) => [
          variantId,
          toStatsMoments(readMoments(moments, metric.momentOffset, metric.dimensions)),
        ]),
      ),
    }));
}

/** The same with each day's units added to those of the days before. */
export function cumulativeDays(days: readonly MetricDay[], metric: MetricPlan): MetricDay[] {
  let so: ReadonlyMap<string, Moments> = new Map();
  return days.map(({ day, arms }) => {
    const next = new Map(so);
    for (const [variantId, moments] of arms) {
      next.set(variantId, mergeMoments(next.get(variantId) ?? emptyMoments(metric.dimensions), moments));
    }
    so = next;
    return { day, arms: next };
  });
}
