import { emptyMoments, mergeMoments, type Moments } from '@assay/stats';
import type { DayPart } from '../data/arm-store.js';
import { totalArms } from '../data/arm-totals.js';
import { toStatsMoments } from '../data/to-stats-moments.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { armOfMoments, type MetricArm } from '../results/metric-arm.js';
import { readMoments } from '../units/moments.js';

/** One metric among the units first exposed on one day, and among those exposed so far; by variant id. */
export interface SeriesDay {
  /** UTC, days since 1970. */
  readonly day: number;
  readonly today: ReadonlyMap<string, MetricArm>;
  readonly soFar: ReadonlyMap<string, MetricArm>;
}

/** The sums of one metric among the units first exposed on one day, by variant id. */
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

/** Each day's units, and these added to those of the days before. */
export function daysOfSums(days: readonly MetricDay[], metric: MetricPlan): SeriesDay[] {
  let so: ReadonlyMap<string, Moments> = new Map();
  return days.map(({ day, arms }) => {
    const next = new Map(so);
    for (const [variantId, moments] of arms) {
      next.set(variantId, mergeMoments(next.get(variantId) ?? emptyMoments(metric.dimensions), moments));
    }
    so = next;
    return { day, today: armsOf(metric, arms), soFar: armsOf(metric, next) };
  });
}

const armsOf = (metric: MetricPlan, moments: ReadonlyMap<string, Moments>): Map<string, MetricArm> =>
  new Map([...moments].map(([variantId, sums]) => [variantId, armOfMoments(metric, sums)]));
