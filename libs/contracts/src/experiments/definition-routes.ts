import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { Experiment, ExperimentCreate, ExperimentPatch, Variant } from './experiment.js';
import { Metric, MetricOfExperiment } from './metric.js';
import { ExperimentRevision } from './revision.js';
import { EXPERIMENT_STATUSES, EXPERIMENT_TYPES, METRIC_TYPES } from './vocabulary.js';

/** Every call about one experiment takes its id or its key. */
export const ExperimentParams = z.object({ id: IdOrKey });

/** `ACTIVE,PAUSED` -> both. */
const oneOrMore = <const V extends readonly [string, ...string[]]>(values: V) =>
  z
    .string()
    .max(200)
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(values)))
    .meta({ description: `One or more of ${values.join(', ')}, parted by commas` });

export const createExperiment = defineRoute({
  id: 'createExperiment',
  method: 'POST',
  path: '/api/v1/experiments',
  tag: 'Experiments',
  summary: 'Create an experiment as a draft',
  description:
    'The key is unique in its project across experiments and flags. The environment comes from the body, else from `?environment=`. ' +
    'A draft whose `startDate` lies in the future starts by itself at that time (or loses the date, if it cannot start then, ' +
    'with the reason in its revisions); a running experiment is completed at its `endDate` with the decision `inconclusive`. ' +
    'A `startDate` that is already past is only a record and schedules nothing. A `layer` that does not exist yet is made, with ' +
    'the `unit` of the experiment; when the experiment starts it gets a part of the layer as large as its coverage.',
  access: 'experiment:create',
  scope: 'environment',
  body: ExperimentCreate,
  success: { status: 201, schema: Experiment },
  idempotent: true,
});

export const listExperiments = defineRoute({
  id: 'listExperiments',
  method: 'GET',
  path: '/api/v1/experiments',
  tag: 'Experiments',
  summary: 'List the experiments of an environment',
  description:
    'Newest first. `sort` takes createdAt, updatedAt, name, key and status; `q` looks into key, name, description and hypothesis.',
  access: 'experiment:read',
  scope: 'environment',
  query: ListQuery.extend({
    status: oneOrMore(EXPERIMENT_STATUSES).optional(),
    type: oneOrMore(EXPERIMENT_TYPES).optional(),
    tag: text(50, 1).optional(),
    owner: text(200, 1).optional().meta({ description: 'Id or user name' }),
  }),
  success: { status: 200, schema: listOf(Experiment) },
});

export const readExperiment = defineRoute({
  id: 'readExperiment',
  method: 'GET',
  path: '/api/v1/experiments/:id',
  tag: 'Experiments',
  summary: 'Read an experiment',
  access: 'experiment:read',
  scope: 'project',
  params: ExperimentParams,
  success: { status: 200, schema: Experiment },
});

export const updateExperiment = defineRoute({
  id: 'updateExperiment',
  method: 'PATCH',
  path: '/api/v1/experiments/:id',
  tag: 'Experiments',
  summary: 'Change an experiment',
  description:
    'A JSON merge patch. The result is checked like a new experiment. Anything of a draft may change. Once started, name, ' +
    'description, tags, coverage and endDate may; what the test measures (variants, unit, layer, targetingRules, metrics, ' +
    'analysis, hypothesis …) is refused with 409 `amendment_required`, which names the fields. Variants keep their ids while ' +
    'they keep their keys, metrics while they keep their names. A `layer` that does not exist yet is made.',
  access: 'experiment:update',
  scope: 'project',
  params: ExperimentParams,
  body: ExperimentPatch,
  success: { status: 200, schema: Experiment },
});

export const deleteExperiment = defineRoute({
  id: 'deleteExperiment',
  method: 'DELETE',
  path: '/api/v1/experiments/:id',
  tag: 'Experiments',
  summary: 'Delete a draft',
  description: 'Only a draft can be deleted, and its key is free again. Archive an experiment that has run.',
  access: 'experiment:delete',
  scope: 'project',
  params: ExperimentParams,
  success: { status: 204 },
});

/** An experiment has no more than a page of either. */
const WholeList = ListQuery.extend({ limit: z.coerce.number().int().min(1).max(200).default(200) });

export const listVariants = defineRoute({
  id: 'listVariants',
  method: 'GET',
  path: '/api/v1/experiments/:id/variants',
  tag: 'Experiments',
  summary: 'List the variants of an experiment',
  description:
    'In their order. `sort` takes key, name and trafficAllocation; `q` looks into key, name and description.',
  access: 'experiment:read',
  scope: 'project',
  params: ExperimentParams,
  query: WholeList,
  success: { status: 200, schema: listOf(Variant) },
});

export const listExperimentMetrics = defineRoute({
  id: 'listExperimentMetrics',
  method: 'GET',
  path: '/api/v1/experiments/:id/metrics',
  tag: 'Metrics',
  summary: 'List the metrics of an experiment',
  description: 'In their order. `sort` takes name, eventName and role; `q` looks into name, description and eventName.',
  access: 'experiment:read',
  scope: 'project',
  params: ExperimentParams,
  query: WholeList,
  success: { status: 200, schema: listOf(Metric) },
});

export const listMetrics = defineRoute({
  id: 'listMetrics',
  method: 'GET',
  path: '/api/v1/metrics',
  tag: 'Metrics',
  summary: 'List the metrics of all experiments of a project',
  description:
    'Sorted by name. `sort` takes name, eventName and createdAt; `q` looks into name, description and eventName.',
  access: 'experiment:read',
  scope: 'project',
  query: ListQuery.extend({
    experiment: IdOrKey.optional(),
    eventName: text(200, 1).optional(),
    type: oneOrMore(METRIC_TYPES).optional(),
  }),
  success: { status: 200, schema: listOf(MetricOfExperiment) },
});

export const listRevisions = defineRoute({
  id: 'listExperimentRevisions',
  method: 'GET',
  path: '/api/v1/experiments/:id/revisions',
  tag: 'Experiments',
  summary: 'List every version of an experiment, newest first',
  description: '`sort` takes version and createdAt; `q` looks into what kind of change it was and its reason.',
  access: 'experiment:read',
  scope: 'project',
  params: ExperimentParams,
  query: ListQuery,
  success: { status: 200, schema: listOf(ExperimentRevision) },
});
