import { AppError, type Refusal, type TimeSeries } from '@assay/contracts';
import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ArmStore } from '../data/arm-store.js';
import { DataReader } from '../data/data-reader.js';
import { RecentAnswers } from '../data/recent-answers.js';
import { RankedUnits } from '../data/ranked-units.js';
import { inSnapshot } from '../data/snapshot.js';
import { readUnitTable } from '../data/unit-table.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { PlanReader } from '../plan/plan-reader.js';
import { kindOf } from '../results/metric-arm.js';
import { AgeReader } from './age-reader.js';
import { metricDays, type MetricDay } from './day-series.js';
import { noveltyOf, type AgeMoments } from './novelty.js';
import { bandMethod, seriesPoints } from './time-series.js';

const HELD = 200;

const NOT_ADDITIVE: Refusal = {
  code: 'NOT_ADDITIVE',
  message: 'Quantiles of days do not add up to a quantile: ask for the results of a period (from, to) instead.',
};

/** A metric day by day, from the sums that are kept by day. */
@Injectable()
export class SeriesService {
  private readonly capped = new RecentAnswers<MetricDay[]>(HELD);
  private readonly ages = new RecentAnswers<AgeMoments[] | null>(HELD);

  constructor(
    private readonly plans: PlanReader,
    private readonly arms: ArmStore,
    private readonly reader: DataReader,
    private readonly ageReader: AgeReader,
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly clock: Clock,
  ) {}

  async read(projectId: string, idOrKey: string, name: string | undefined): Promise<TimeSeries> {
    const plan = await this.plans.read(projectId, idOrKey);
    const { definition } = plan;
    const metric = this.plans.requireMetric(plan, name) ?? primaryOf(plan);
    const { through, token } = await this.arms.read(plan);
    const isQuantile = kindOf(metric) === 'quantile';
    const present = JSON.stringify([plan.layoutHash, definition.version, token]);
    const days = isQuantile ? [] : await this.days(plan, metric, present);
    const ages = await this.ages.put(`${definition.id} ${metric.metric.name}`, present, () =>
      this.ageReader.read(plan, metric),
    );
    return {
      experimentId: definition.id,
      experimentKey: definition.key,
      metric: metric.metric.name,
      kind: kindOf(metric),
      computedAt: this.clock.now().toISOString(),
      dataThrough: through?.toISOString() ?? null,
      band: { method: bandMethod(definition), alpha: definition.analysis.alpha },
      points: seriesPoints(definition, metric, days),
      novelty: ages === null ? [] : noveltyOf(plan, ages),
      refusal: isQuantile ? NOT_ADDITIVE : null,
    };
  }

  /** Where sums do not tell, since values are capped at a percentile, the units are gone through once. */
  private async days(plan: ExperimentPlan, metric: MetricPlan, present: string): Promise<MetricDay[]> {
    if (!metric.isRanked) return metricDays(plan, metric, await this.arms.days(plan));
    return this.capped.put(`${plan.definition.id} ${metric.metric.name}`, present, () => this.cappedDays(plan, metric));
  }

  private async cappedDays(plan: ExperimentPlan, metric: MetricPlan): Promise<MetricDay[]> {
    const { ranked: caps } = await this.reader.current(plan);
    const only = { ...plan, metrics: [metric] };
    const days = new Map<number, RankedUnits>();
    await inSnapshot(this.pool, async (client) => {
      const grouping = { key: 'floor(extract(epoch FROM u.exposed_at) / 86400)::int::text', join: '', values: [] };
      for (const part of await readUnitTable(client, plan, [metric], grouping)) {
        const day = Number(part.group);
        const units = days.get(day) ?? new RankedUnits(only);
        days.set(day, units);
        units.addGroup(part);
      }
    });
    return [...days]
      .sort(([a], [b]) => a - b)
      .map(([day, units]) => {
        const arms = units.results(caps).get(metric.metric.name)?.arms ?? new Map();
        return {
          day,
          arms: new Map([...arms].flatMap(([id, { moments }]) => (moments === null ? [] : [[id, moments]]))),
        };
      });
  }
}

function primaryOf({ metrics }: ExperimentPlan): MetricPlan {
  const found = metrics.find(({ metric }) => metric.isPrimary) ?? metrics[0];
  if (found === undefined) throw AppError.field('metric', 'the experiment has no metric');
  return found;
}
