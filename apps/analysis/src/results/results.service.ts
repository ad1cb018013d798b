import type { ExperimentResults, MetricResult, QueryOf, readResults } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { ArmStore } from '../data/arm-store.js';
import { DataReader } from '../data/data-reader.js';
import type { ExperimentData } from '../data/experiment-data.js';
import type { Period, UnitsAsked } from '../data/exposed-units.js';
import { SegmentReader, type Segments } from '../data/segment-reader.js';
import { SplitReader } from '../data/split-reader.js';
import { UnitScan } from '../data/unit-scan.js';
import { LookRecorder } from '../looks/look-recorder.js';
import type { LookTaken } from '../looks/look-taken.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { PlanReader } from '../plan/plan-reader.js';
import { experimentResults, metricResults } from './experiment-results.js';

type Query = QueryOf<typeof readResults>;

/** Results on request: the kept sums, or a scan where the question is about a part of them. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly plans: PlanReader,
    private readonly arms: ArmStore,
    private readonly reader: DataReader,
    private readonly segments: SegmentReader,
    private readonly scan: UnitScan,
    private readonly splits: SplitReader,
    private readonly recorder: LookRecorder,
    private readonly clock: Clock,
  ) {}

  async read(projectId: string, idOrKey: string, query: Query): Promise<ExperimentResults> {
    const present = await this.plans.read(projectId, idOrKey);
    const { metric, dimension } = query;
    const asked = askedOf(query);
    const plan = asked.moment === null ? present : await this.plans.inForce(present, asked.moment);
    this.plans.requireMetric(plan, metric);
    const data = await this.data(plan, asked);
    const by = (attribute: string): Promise<Segments> => this.by(plan, attribute, asked, data);
    const { stratifyBy } = plan.definition.analysis;
    const strata = stratifyBy === null ? null : await by(stratifyBy);
    const computedAt = this.clock.now();
    const looks = await this.looksAt(plan, asked, (taken) => metricResults({ plan, data, strata, looks: taken }));
    return experimentResults({
      plan,
      data,
      split: await this.splits.read(plan, asked),
      strata,
      looks,
      dimension: dimension === undefined ? null : { name: dimension, segments: await by(dimension) },
      computedAt,
      ratedAt: await this.plans.ranUntil(plan, earlier(asked.moment, computedAt)),
      metric,
    });
  }

  /** Present data may be due for a look; the past has those that were taken; a period is not what the plan looks at. */
  private async looksAt(
    plan: ExperimentPlan,
    { moment, period }: UnitsAsked,
    compute: (taken: readonly LookTaken[]) => readonly MetricResult[],
  ): Promise<readonly LookTaken[] | null> {
    if (!isWhole(period)) return null;
    return moment === null ? this.recorder.settled(plan, compute) : this.recorder.until(plan, moment);
  }

  private by(
    plan: ExperimentPlan,
    attribute: string,
    asked: UnitsAsked,
    { ranked }: ExperimentData,
  ): Promise<Segments> {
    if (asked.moment === null && isWhole(asked.period)) return this.segments.read(plan, attribute, ranked);
    return this.scan.segments(plan, attribute, asked, ranked);
  }

  private async data(plan: ExperimentPlan, { moment, period }: UnitsAsked): Promise<ExperimentData> {
    if (moment !== null) return this.scan.asOf(plan, moment, period);
    if (isWhole(period)) return this.reader.current(plan);
    const { through } = await this.arms.read(plan);
    return this.scan.byPeriod(plan, period, through);
  }
}

const askedOf = ({ asOf, from, to }: Query): UnitsAsked => ({
  moment: dateOf(asOf),
  period: { from: dateOf(from), to: dateOf(to) },
});
const earlier = (moment: Date | null, now: Date): Date => (moment === null || moment > now ? now : moment);
const isWhole = ({ from, to }: Period): boolean => from === null && to === null;
const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
