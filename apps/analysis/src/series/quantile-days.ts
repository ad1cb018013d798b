import type { QuantileSummary } from '@assay/stats';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UnitGroup } from '../data/unit-table.js';
import { ranksEvents, type MetricPlan } from '../plan/metric-plan.js';
import type { RankRun } from '../ranks/rank-run.js';
import { eventQuantile, unitQuantile, unitRun } from '../ranks/run-quantiles.js';
import { metricArm, type MetricArm } from '../results/metric-arm.js';
import type { SeriesDay } from './day-series.js';

/**
 * A quantile day by day. Quantiles of days do not add up, but their ranked values do: each day's are sorted once, and those of
 * all days so far are searched together.
 *
 * @param groups units of one variant and one day of exposure each, which `group` names (UTC, days since 1970)
 */
export async function quantileDays(metric: MetricPlan, groups: readonly UnitGroup[]): Promise<SeriesDay[]> {
  const days = new Map<number, Map<string, RankRun[]>>();
  for (const group of groups) {
    const day = Number(group.group);
    const arms = days.get(day) ?? new Map<string, RankRun[]>();
    days.set(day, arms);
    arms.set(group.variantId, [...(arms.get(group.variantId) ?? []), runOf(metric, group)]);
  }
  const series: SeriesDay[] = [];
  const soFar = new Map<string, RankRun[]>();
  for (const [day, arms] of [...days].sort(([a], [b]) => a - b)) {
    for (const [variantId, runs] of arms) soFar.set(variantId, [...(soFar.get(variantId) ?? []), ...runs]);
    series.push({ day, today: armsOf(metric, arms), soFar: armsOf(metric, soFar) });
    // Others get their turn: a day may have many values.
    await nextTurn();
  }
  return series;
}

function runOf(metric: MetricPlan, group: UnitGroup): RankRun {
  if (!ranksEvents(metric)) {
    const [values = new Float64Array(0)] = group.quantities(metric);
    return unitRun(values.filter((value) => !Number.isNaN(value)));
  }
  const { values, sizes } = group.list(metric.listIndex);
  const filled = sizes.filter((size) => size > 0);
  let end = 0;
  const ends = Uint32Array.from(filled, (size) => (end += size));
  return { width: 0, values, ends, counts: new Int32Array(filled.length).fill(1) };
}

function armsOf(metric: MetricPlan, runs: ReadonlyMap<string, readonly RankRun[]>): Map<string, MetricArm> {
  const nu = metric.metric.quantile ?? 0.5;
  const of = (own: readonly RankRun[]): QuantileSummary =>
    ranksEvents(metric) ? eventQuantile(own, nu) : unitQuantile(own, nu);
  return new Map(
    [...runs].map(([variantId, own]) => [
      variantId,
      metricArm(metric, undefined, { moments: null, quantile: of(own) }),
    ]),
  );
}
