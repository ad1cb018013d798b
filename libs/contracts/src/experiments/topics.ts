import { z } from 'zod';
import { defineTopic } from '../log/topic.js';
import { AnalysisPlan, Condition } from './experiment.js';
import { ExperimentAdmission } from './layers.js';
import { Metric } from './metric.js';
import { EXPERIMENT_STATUSES, EXPERIMENT_TYPES } from './vocabulary.js';

/** All that assignment, ingestion and analysis need to know of an experiment, with the version it is. */
export const ExperimentDefinition = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  environmentId: z.uuid(),
  key: z.string(),
  version: z.int(),
  status: z.enum(EXPERIMENT_STATUSES),
  experimentType: z.enum(EXPERIMENT_TYPES),
  unit: z.array(z.string()),
  salt: z.string(),
  coverage: z.number(),
  layer: z.string().nullable(),
  targetingRules: Condition.nullable(),
  /** Its part of a layer and the holdouts above it, as they were when it started. */
  admission: ExperimentAdmission.nullable().optional(),
  variants: z.array(
    z.object({
      id: z.uuid(),
      key: z.string(),
      isControl: z.boolean(),
      trafficAllocation: z.number(),
      configuration: z.record(z.string(), z.json()),
    }),
  ),
  metrics: z.array(Metric),
  analysis: AnalysisPlan,
  startedAt: z.string().nullable(),
  endDate: z.string().nullable(),
  /** When this version was written, epoch milliseconds. */
  changedAt: z.number().optional(),
});
export type ExperimentDefinition = z.output<typeof ExperimentDefinition>;

/** `deleted` carries the last definition. */
export const ExperimentChanged = z.object({ deleted: z.boolean(), definition: ExperimentDefinition });
export type ExperimentChanged = z.output<typeof ExperimentChanged>;

export const experimentChanged = defineTopic<ExperimentChanged>({
  type: 'experiment.changed',
  version: 1,
  schema: ExperimentChanged,
  keyedBy: 'experiment id',
  partitions: 1,
  retention: { kind: 'compact' },
});
