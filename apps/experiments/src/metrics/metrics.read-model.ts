import {
  MetricOfExperiment,
  type listExperimentMetrics,
  type listMetrics,
  type Metric,
  type Page,
} from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Metric as MetricRow } from '@assay/models';
import { pageOf, pageOfValues, type Call, type ListRules, type ValueRules } from '@assay/platform';
import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ExperimentRepository } from '../definition/experiment.repository.js';
import { toExperiment } from '../definition/to-experiment.js';

const LIST_RULES: ListRules<MetricRow> = {
  sortable: ['name', 'eventName', 'createdAt'],
  searchable: ['name', 'description', 'eventName'],
  populate: ['experiment'],
};

const OWN_RULES: ValueRules<Metric> = {
  sortable: ['name', 'eventName', 'role'],
  searchable: ['name', 'description', 'eventName'],
};

/** The metrics of one experiment, and of all. */
@Injectable()
export class MetricsReadModel {
  constructor(
    private readonly em: EntityManager,
    private readonly experiments: ExperimentRepository,
  ) {}

  async ofExperiment({ scope, params, query }: Call<typeof listExperimentMetrics>): Promise<Page<Metric>> {
    const { metrics } = toExperiment(await this.experiments.get(this.em.fork(), scope.projectId, params.id));
    return pageOfValues(metrics, query, OWN_RULES);
  }

  async list({ scope, query }: Call<typeof listMetrics>): Promise<Page<MetricOfExperiment>> {
    const { experiment, eventName, type } = query;
    const where: FilterQuery<MetricRow> = {
      experiment: experiment === undefined ? { project: scope.projectId } : whereIdOrKey(scope.projectId, experiment),
      ...(eventName === undefined ? {} : { eventName }),
      ...(type === undefined ? {} : { metricType: { $in: type } }),
    };
    const page = await pageOf(this.em.fork(), MetricRow, where, query, LIST_RULES);
    return { ...page, items: page.items.map(toMetric) };
  }
}

function toMetric(row: MetricRow): MetricOfExperiment {
  const { id, key } = row.experiment.getEntity();
  const { minimumSampleSize } = row;
  return MetricOfExperiment.parse({
    ...row.toJSON(),
    minimumSampleSize: minimumSampleSize ?? 0,
    experimentId: id,
    experimentKey: key,
  });
}
