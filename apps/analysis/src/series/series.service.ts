import { AppError, type Refusal, type TimeSeries } from '@assay/contracts';
import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ArmStore } from '../data/arm-store.js';
import { DataReader } from '../data/data-reader.js';
import { RankedUnits, type RankedArm } from '../data/ranked-units.js';
import { RestingAnswers, type Computed } from '../data/resting-answers.js';
import { inSnapshot } from '../data/snapshot.js';
import { readUnitTable, type Grouping, type UnitGroup } from '../data/unit-table.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { PlanReader } from '../plan/plan-reader.js';
import { kindOf } from '../results/metric-arm.js';
import { AgeReader } from './age-reader.js';
import { agesOf, hasAges } from './age-table.js';
import { daysOfSums, metricDays, type MetricDay, type SeriesDay } from './day-series.js';
import { noveltyOf } from './novelty.js';
import { quantileDays } from './quantile-days.js';
import { bandLevel, bandMethod, seriesPoints } from './time-series.js';

const HELD = 200;

/** Units by the day of their first exposure. */
const BY_DAY: Grouping = {
  key: "floor(date_part('epoch', u.exposed_at) / 86400)::int::text",
  join: '',
  values: [],
};

/** A metric day by day, from the sums that are kept by day. */
@Injectable()
export class SeriesService {
  private readonly scanned: RestingAnswers<SeriesDay[]>;

  constructor(
    private readonly plans: PlanReader,
    private readonly arms: ArmStore,
    private readonly reader: DataReader,
    private readonly ages: AgeReader,
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly clock: Clock,
  ) {
    this.scanned = new RestingAnswers(HELD, () => clock.now());
  }

  async read(projectId: string, idOrKey: string, name: string | undefined): Promise<TimeSeries> {
    const plan = await this.plans.read(projectId, idOrKey);
    const { definition } = plan;
    const metric = this.plans.requireMetric(plan, name) ?? primaryOf(plan);
    const { through, token } = await this.arms.read(plan);
    const days = await this.days(plan, metric, token);
    const ages = hasAges(metric) ? await this.ages.read(plan, metric) : null;
    return {
      experimentId: definition.id,
      experimentKey: definition.key,
      metric: metric.metric.name,
      kind: kindOf(metric),
      computedAt: this.clock.now().toISOString(),
      dataThrough: through?.toISOString() ?? null,
      band: { method: bandMethod(definition), alpha: bandLevel(definition, metric) },
      points: seriesPoints(definition, metric, days.answer),
      pointsComputedAt: days.at.toISOString(),
      novelty: ages === null ? [] : noveltyOf(plan, agesOf(ages.answer, metric)),
      noveltyComputedAt: ages?.at.toISOString() ?? null,
      adjustmentRefusal: notByDay(plan, metric),
      refusal: null,
    };
  }

  /** Where sums do not tell, the units are gone through; that rests in between. */
  private async days(plan: ExperimentPlan, metric: MetricPlan, token: string): Promise<Computed<SeriesDay[]>> {
    if (!metric.isRanked) {
      const days = daysOfSums(metricDays(plan, metric, await this.arms.days(plan)), metric);
      return { answer: days, at: this.clock.now() };
    }
    const { id, version } = plan.definition;
    const shape = JSON.stringify([plan.layoutHash, version]);
    const isQuantile = metric.metric.quantile !== null;
    return this.scanned.read(`${id} ${metric.metric.name}`, shape, token, () =>
      isQuantile ? this.quantileDays(plan, metric) : this.cappedDays(plan, metric),
    );
  }

  private async quantileDays(plan: ExperimentPlan, metric: MetricPlan): Promise<SeriesDay[]> {
    const read = (client: pg.ClientBase): Promise<readonly UnitGroup[]> =>
      readUnitTable(client, plan, [metric], BY_DAY);
    return quantileDays(metric, await inSnapshot(this.pool, read));
  }

  private async cappedDays(plan: ExperimentPlan, metric: MetricPlan): Promise<SeriesDay[]> {
    const { ranked: caps } = await this.reader.current(plan);
    const only = { ...plan, metrics: [metric] };
    const days = new Map<number, RankedUnits>();
    await inSnapshot(this.pool, async (client) => {
      for (const part of await readUnitTable(client, plan, [metric], BY_DAY)) {
        const day = Number(part.group);
        const units = days.get(day) ?? new RankedUnits(only);
        days.set(day, units);
        units.addGroup(part);
      }
    });
    const sums = [...days]
      .sort(([a], [b]) => a - b)
      .map(([day, units]): MetricDay => {
        const arms = units.results(caps).get(metric.metric.name)?.arms ?? new Map<string, RankedArm>();
        return {
          day,
          arms: new Map([...arms].flatMap(([id, { moments }]) => (moments === null ? [] : [[id, moments]]))),
        };
      });
    return daysOfSums(sums, metric);
  }
}

/** Sums are kept by day, not by day and attribute: the last point is then the result without strata. */
function notByDay({ definition }: ExperimentPlan, metric: MetricPlan): Refusal | null {
  const { stratifyBy } = definition.analysis;
  if (stratifyBy === null || kindOf(metric) === 'quantile') return null;
  return {
    code: 'STRATA_NOT_BY_DAY',
    message: `The results are post-stratified by ${stratifyBy}; days are not, so the last point differs from them.`,
  };
}

function primaryOf({ metrics }: ExperimentPlan): MetricPlan {
  const found = metrics.find(({ metric }) => metric.isPrimary) ?? metrics[0];
  if (found === undefined) throw AppError.field('metric', 'the experiment has no metric');
  return found;
}
