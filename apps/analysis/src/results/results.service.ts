import { AppError, type ExperimentResults, type QueryOf, type readResults } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { experimentPlan, type ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { totalArms, type ArmPart } from './arm-totals.js';
import { experimentResults } from './experiment-results.js';
import { UnitScan, type Period } from './unit-scan.js';

type Query = QueryOf<typeof readResults>;

/** Results on request: the kept sums, or a scan where the question is about a part of them. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly arms: ArmStore,
    private readonly scan: UnitScan,
    private readonly clock: Clock,
  ) {}

  async read(projectId: string, idOrKey: string, query: Query): Promise<ExperimentResults> {
    const plan = await this.plan(projectId, idOrKey);
    const { metric } = query;
    if (metric !== undefined && !plan.metrics.some(({ metric: { name } }) => name === metric)) {
      throw AppError.field('metric', `'${metric}' is not a metric of this experiment`);
    }
    const { parts, through } = await this.parts(plan, query);
    return experimentResults({
      plan,
      totals: totalArms(plan, parts),
      computedAt: this.clock.now(),
      dataThrough: through,
      metric,
    });
  }

  /** The latest definition: results must not lag behind an amendment that was answered already. */
  private async plan(projectId: string, idOrKey: string): Promise<ExperimentPlan> {
    const definition =
      (await this.experiments.refresh(projectId, idOrKey)) ?? this.experiments.find(projectId, idOrKey);
    if (definition === undefined) throw AppError.notFound('Experiment', idOrKey);
    return experimentPlan(definition);
  }

  private async parts(
    plan: ExperimentPlan,
    query: Query,
  ): Promise<{ parts: readonly ArmPart[]; through: Date | null }> {
    const period: Period = { from: dateOf(query.from), to: dateOf(query.to) };
    const moment = dateOf(query.asOf);
    if (moment !== null) return { parts: await this.scan.asOf(plan, moment, period), through: moment };
    const stored = await this.arms.read(plan);
    if (period.from === null && period.to === null) return stored;
    return { parts: await this.scan.byPeriod(plan, period), through: stored.through };
  }
}

const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
