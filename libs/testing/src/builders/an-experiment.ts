import type { ExperimentStatus } from '@assay/contracts';
import { Experiment, type EntityManager, type Project, type User } from '@assay/models';
import { randomUUID } from 'node:crypto';
import { aProject, environmentOf } from './a-project.js';
import { aUser } from './a-user.js';

/** What may be said about the experiment; all of it has a default. */
export type ExperimentFields = {
  project?: Project;
  owner?: User;
  key?: string;
  status?: ExperimentStatus;
  startDate?: Date | null;
  endDate?: Date | null;
  /** The traffic allocations of its variants `control`, `treatment-1`, `treatment-2` …: 50 and 50. */
  allocations?: readonly number[];
  /** The names of its metrics, each a conversion of the event of the same name: one, `signup`. */
  metrics?: readonly string[];
};

/** An experiment with its variants and metrics, in a project and of an owner that are made when none are given. */
export function anExperiment(em: EntityManager, fields: ExperimentFields = {}): Experiment {
  const { project = aProject(em), owner = aUser(em), key = `experiment-${randomUUID()}` } = fields;
  const { status = 'DRAFT', startDate = null, endDate = null } = fields;
  const { allocations = [50, 50], metrics = ['signup'] } = fields;
  return em.create(Experiment, {
    project,
    environment: environmentOf(project),
    owner,
    key,
    name: 'An experiment',
    salt: key,
    status,
    startDate,
    endDate,
    metrics: [...metrics],
    variants: allocations.map(variantFields),
    metricDefinitions: metrics.map(metricFields),
  });
}

function variantFields(trafficAllocation: number, position: number) {
  const key = position === 0 ? 'control' : `treatment-${position}`;
  return { key, name: `Variant ${position}`, isControl: position === 0, trafficAllocation, position };
}

function metricFields(name: string, position: number) {
  const [metricType, aggregationMethod] = ['CONVERSION', 'exists'] as const;
  return { name, eventName: name, metricType, aggregationMethod, isPrimary: position === 0, position };
}
