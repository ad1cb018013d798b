import { AppError } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Injectable } from '@nestjs/common';
import { experimentPlan, type ExperimentPlan } from './experiment-plan.js';
import type { MetricPlan } from './metric-plan.js';
import { definitionInForce, ranUntil } from './plan-in-force.js';
import { VersionReader } from './version-reader.js';

/** Plans for answers: of the latest definition, since they must not lag behind an amendment that was answered already. */
@Injectable()
export class PlanReader {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly versions: VersionReader,
  ) {}

  /** @throws AppError `not_found` */
  async read(projectId: string, idOrKey: string): Promise<ExperimentPlan> {
    const definition =
      (await this.experiments.refresh(projectId, idOrKey)) ?? this.experiments.find(projectId, idOrKey);
    if (definition === undefined) throw AppError.notFound('Experiment', idOrKey);
    return experimentPlan(definition);
  }

  /** The plan that was in force at an earlier moment, with the metrics, variants and status of then. */
  async inForce({ definition }: ExperimentPlan, moment: Date): Promise<ExperimentPlan> {
    return experimentPlan(definitionInForce(definition, await this.versions.latest(definition.id, moment)));
  }

  /** Until when an experiment has run by a moment: an experiment that ended does not grow older. */
  async ranUntil({ definition }: ExperimentPlan, moment: Date): Promise<Date> {
    return ranUntil(definition, await this.versions.endedAt(definition), moment);
  }

  /** @throws AppError naming `metric` when the experiment has none of that name */
  requireMetric({ metrics }: ExperimentPlan, name: string | undefined): MetricPlan | undefined {
    if (name === undefined) return undefined;
    const found = metrics.find(({ metric }) => metric.name === name);
    if (found !== undefined) return found;
    const known = metrics.map(({ metric }) => metric.name).join(', ');
    throw AppError.field('metric', `'${name}' is not a metric of this experiment; it has ${known}`);
  }
}
