import { AppError, type ExperimentResults, type MetricResult, type QueryOf, type readResults } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { ArmStore } from '../data/arm-store.js';
import { DataReader } from '../data/data-reader.js';
import type { ExperimentData } from '../data/experiment-data.js';
import { SegmentReader, type Segments } from '../data/segment-reader.js';
import { SplitReader } from '../data/split-reader.js';
import { UnitScan, type Period } from '../data/unit-scan.js';
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
    const plan = await this.plans.read(projectId, idOrKey);
    const { metric, dimension, asOf, from, to } = query;
    this.plans.requireMetric(plan, metric);
    const isPart = [asOf, from, to].some((bound) => bound !== undefined);
    if (dimension !== undefined && isPart) {
      throw AppError.field('dimension', 'is answered of all data: leave out asOf, from and to');
    }
    const data = await this.data(plan, query);
    const { stratifyBy } = plan.definition.analysis;
    // Strata are known of the present data alone.
    const strata = stratifyBy === null || isPart ? null : await this.by(plan, stratifyBy, data);
    const computedAt = this.clock.now();
    const looks = await this.looksAt(plan, query, (taken) =>
      metricResults({ plan, data, strata, looks: taken, computedAt }),
    );
    return experimentResults({
      plan,
      data,
      split: await this.splits.read(plan, { moment: dateOf(asOf), period: periodOf(query), segments: null }),
      strata,
      looks,
      dimension: dimension === undefined ? null : { name: dimension, segments: await this.by(plan, dimension, data) },
      computedAt,
      metric,
    });
  }

  /** Present data may be due for a look; the past has those that were taken; a period is not what the plan looks at. */
  private async looksAt(
    plan: ExperimentPlan,
    { asOf, from, to }: Query,
    compute: (taken: readonly LookTaken[]) => readonly MetricResult[],
  ): Promise<readonly LookTaken[] | null> {
    if (from !== undefined || to !== undefined) return null;
    const moment = dateOf(asOf);
    return moment === null ? this.recorder.settled(plan, compute) : this.recorder.until(plan, moment);
  }

  private by(plan: ExperimentPlan, attribute: string, { ranked }: ExperimentData): Promise<Segments> {
    return this.segments.read(plan, attribute, ranked);
  }

  private async data(plan: ExperimentPlan, query: Query): Promise<ExperimentData> {
    const period = periodOf(query);
    const moment = dateOf(query.asOf);
    if (moment !== null) return this.scan.asOf(plan, moment, period);
    if (period.from === null && period.to === null) return this.reader.current(plan);
    const { through } = await this.arms.read(plan);
    return this.scan.byPeriod(plan, period, through);
  }
}

const periodOf = ({ from, to }: Query): Period => ({ from: dateOf(from), to: dateOf(to) });
const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
