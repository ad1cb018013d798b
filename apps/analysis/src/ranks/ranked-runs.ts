import { sampleQuantile } from '@assay/stats';
import type { RankedArm, RankedMetric, RankedMetrics } from '../data/ranked-units.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ranksEvents, type MetricPlan } from '../plan/metric-plan.js';
import { CappedMoments } from './capped-moments.js';
import { PooledValues } from './order-statistics.js';
import { rankKey, readRankKey, type RankRun, type RankSet } from './rank-run.js';
import { eventQuantile, unitQuantile } from './run-quantiles.js';

/** The runs of an arm, one of each shard that has units of it, by variant id. */
type Arms = ReadonlyMap<string, readonly RankRun[]>;

/** The metrics that sums do not tell, from the runs of all shards: caps at percentiles of all arms together, and quantiles. */
export class RankedRuns {
  /** By metric and variant; they hold what need not be computed again. */
  private readonly moments = new Map<string, CappedMoments>();

  /** @param shards sets without negative counts, of tuples in the layout of the plan */
  results(plan: ExperimentPlan, shards: readonly RankSet[]): RankedMetrics {
    const results = new Map<string, RankedMetric>();
    for (const index of plan.ranked) {
      const metric = plan.metrics[index];
      if (metric === undefined) continue;
      const arms = armsOf(index, shards);
      const isQuantile = metric.metric.quantile !== null;
      results.set(metric.metric.name, isQuantile ? quantileMetric(metric, arms) : this.capped(index, metric, arms));
    }
    return results;
  }

  /** The outcome, and the metric's own covariate, are cut at the same place in all arms. */
  private capped(index: number, metric: MetricPlan, arms: Arms): RankedMetric {
    const { capPercentile, ignoreZeros } = metric.metric;
    const pooled = new PooledValues([...arms.values()].flat(), ignoreZeros);
    const level = capPercentile ?? 1;
    const value = pooled.length === 0 ? null : sampleQuantile(pooled.at([level]), level);
    const measured = [...arms].map(([variantId, runs]): [string, RankedArm] => {
      const moments = this.momentsOf(rankKey(index, variantId), metric).of(runs, value ?? Infinity);
      return [variantId, { moments, quantile: null }];
    });
    const units = value === null ? 0 : pooled.countUpTo(Infinity) - pooled.countUpTo(value);
    return { arms: new Map(measured), cap: { value, units } };
  }

  private momentsOf(key: string, { dimensions, earlier, rule }: MetricPlan): CappedMoments {
    const held = this.moments.get(key);
    if (held !== undefined) return held;
    const made = new CappedMoments(dimensions, earlier === null ? [0] : [0, rule.dimensions]);
    this.moments.set(key, made);
    return made;
  }
}

function quantileMetric(metric: MetricPlan, arms: Arms): RankedMetric {
  const nu = metric.metric.quantile ?? 0.5;
  const quantileOf = ranksEvents(metric) ? eventQuantile : unitQuantile;
  const measured = [...arms].map(([variantId, runs]): [string, RankedArm] => [
    variantId,
    { moments: null, quantile: quantileOf(runs, nu) },
  ]);
  return { arms: new Map(measured), cap: null };
}

function armsOf(index: number, shards: readonly RankSet[]): Arms {
  const arms = new Map<string, RankRun[]>();
  for (const shard of shards) {
    for (const [key, run] of shard) {
      const { metric, variantId } = readRankKey(key);
      if (metric !== index) continue;
      const runs = arms.get(variantId);
      if (runs === undefined) arms.set(variantId, [run]);
      else runs.push(run);
    }
  }
  return arms;
}
