import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, Key, Percentage, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';

/** What stands between a unit and an experiment besides its own targeting and coverage. */
export const ExperimentAdmission = z.object({
  layer: z.object({ key: z.string(), share: z.number(), condition: z.unknown() }).nullable(),
  holdouts: z.array(z.object({ key: z.string(), salt: z.string(), share: z.number() })),
});
export type ExperimentAdmission = z.output<typeof ExperimentAdmission>;

const texts = { name: text(200, 1), description: text(10_000) };

export const LayerAllocation = z
  .object({ experiment: z.string(), share: z.number(), generation: z.int(), since: z.string() })
  .meta({ id: 'LayerAllocation' });

/** Experiments of a layer never share a unit. */
export const Layer = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    ...texts,
    unit: z.array(z.string()),
    free: z.number().meta({ description: 'Percentage of the units that can still be given to an experiment' }),
    generation: z.int(),
    allocations: z.array(LayerAllocation),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Layer' });
export type Layer = z.output<typeof Layer>;

export const LayerCreate = z
  .strictObject({
    key: Key,
    name: texts.name,
    description: texts.description.default(''),
    unit: z.array(text(200, 1)).min(1).max(5).default(['userId']),
  })
  .meta({ id: 'LayerCreate' });

export const Holdout = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    ...texts,
    layer: z.string().nullable(),
    share: z.number(),
    releasedAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Holdout' });
export type Holdout = z.output<typeof Holdout>;

export const HoldoutCreate = z
  .strictObject({
    key: Key,
    name: texts.name,
    description: texts.description.default(''),
    layer: Key.nullable().default(null).meta({ description: 'Null: holds for every experiment of the project' }),
    share: Percentage.refine((share) => share > 0 && share <= 50, { message: 'must lie above 0 and at most at 50' }),
  })
  .meta({ id: 'HoldoutCreate' });

const base = { tag: 'Layers', scope: 'project' } as const;
const params = z.object({ id: IdOrKey });
const [layers, holdouts] = ['/api/v1/layers', '/api/v1/holdouts'] as const;

export const listLayers = defineRoute({
  ...base,
  id: 'listLayers',
  method: 'GET',
  path: layers,
  summary: 'List layers',
  access: 'experiment:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(Layer) },
});

export const createLayer = defineRoute({
  ...base,
  id: 'createLayer',
  method: 'POST',
  path: layers,
  summary: 'Make a layer',
  description:
    'An experiment that names the layer gets a part of it as large as its coverage when it starts, and gives it back when it ' +
    'ends. No two of them share a unit. A part is given anew only under a new salt, so that units of an ended experiment are ' +
    'mixed before another one gets them. An experiment that names a layer which does not exist makes it: this call is for a ' +
    'layer with a name, a description and a unit of its own.',
  access: 'experiment:create',
  body: LayerCreate,
  success: { status: 201, schema: Layer },
  idempotent: true,
});

export const readLayer = defineRoute({
  ...base,
  id: 'readLayer',
  method: 'GET',
  path: `${layers}/:id`,
  summary: 'Read a layer and who has which part of it',
  access: 'experiment:read',
  params,
  success: { status: 200, schema: Layer },
});

export const deleteLayer = defineRoute({
  ...base,
  id: 'deleteLayer',
  method: 'DELETE',
  path: `${layers}/:id`,
  summary: 'Delete a layer',
  description: '409 while an experiment has a part of it.',
  access: 'experiment:delete',
  params,
  success: { status: 204 },
});

export const listHoldouts = defineRoute({
  ...base,
  id: 'listHoldouts',
  method: 'GET',
  path: holdouts,
  summary: 'List holdouts',
  access: 'experiment:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(Holdout) },
});

export const createHoldout = defineRoute({
  ...base,
  id: 'createHoldout',
  method: 'POST',
  path: holdouts,
  summary: 'Hold units out of experiments',
  description:
    'The share of the units takes part in no experiment (of the layer, if one is named) that starts from now on. Those that run ' +
    'already keep their units.',
  access: 'experiment:create',
  body: HoldoutCreate,
  success: { status: 201, schema: Holdout },
  idempotent: true,
});

export const releaseHoldout = defineRoute({
  ...base,
  id: 'releaseHoldout',
  method: 'POST',
  path: `${holdouts}/:id/release`,
  summary: 'End a holdout',
  description: 'Experiments that start from now on take its units, too.',
  access: 'experiment:update',
  params,
  success: { status: 200, schema: Holdout },
  idempotent: true,
});

export const layerRoutes = [
  listLayers,
  createLayer,
  readLayer,
  deleteLayer,
  listHoldouts,
  createHoldout,
  releaseHoldout,
];
