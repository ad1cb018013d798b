import { z } from 'zod';
import { EMPTY_PERIOD, hasLength } from '../http/period.js';
import { IdOrKey, Time, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { ExperimentHealth } from './health.js';
import { InteractionScan } from './interactions.js';
import {
  DurationAnswer,
  DurationRequest,
  MdeAnswer,
  MdeRequest,
  SampleSizeAnswer,
  SampleSizeRequest,
} from './power.js';
import { ExperimentResults } from './results.js';
import { TimeSeries } from './timeseries.js';

export const readResults = defineRoute({
  id: 'readResults',
  method: 'GET',
  path: '/api/v1/experiments/:id/results',
  tag: 'Results',
  summary: 'Results of an experiment',
  description:
    'A function of the stored exposures and events: asking twice gives the same numbers. `from` and `to` narrow by the time of ' +
    'the first exposure; `asOf` gives the numbers as they stood at an earlier moment, judged by the plan of then; `dimension` adds the results for each ' +
    'value of an attribute of the assignment context (or of the metadata of `$exposure`), and whether they differ. A plan with ' +
    '`obrien-fleming`, `pocock` or `haybittle-peto` decides by looks that are taken once, when the planned units are first there, ' +
    'and never change (`sequential.recordedLooks`); in between the numbers are shown and decide nothing.',
  access: 'result:read',
  scope: 'project',
  params: z.object({ id: IdOrKey }),
  query: z
    .strictObject({
      metric: z.string().max(100).optional(),
      dimension: text(100, 1).optional(),
      from: Time.optional(),
      to: Time.optional(),
      asOf: Time.optional(),
    })
    .refine(hasLength, EMPTY_PERIOD),
  success: { status: 200, schema: ExperimentResults },
});

export const readHealth = defineRoute({
  id: 'readHealth',
  method: 'GET',
  path: '/api/v1/experiments/:id/health',
  tag: 'Results',
  summary: 'Whether the data of an experiment can be trusted',
  description:
    'Sample ratio overall, by day, by segment (`dimension`) and at every look, each unit expected by the allocation in force when ' +
    'it was first exposed; units in several variants; balance of what units did before the exposure; the flow of exposures. Also whether ' +
    'effects differ by the most common attributes of the assignment context, and whether they wear off.',
  access: 'result:read',
  scope: 'project',
  params: z.object({ id: IdOrKey }),
  query: z.strictObject({ dimension: text(100, 1).optional() }),
  success: { status: 200, schema: ExperimentHealth },
});

export const readTimeSeries = defineRoute({
  id: 'readTimeSeries',
  method: 'GET',
  path: '/api/v1/experiments/:id/timeseries',
  tag: 'Results',
  summary: 'A metric day by day',
  description:
    'By the day of the units’ first exposure: the effect of that day’s units, and of all units so far with a band that holds at ' +
    'all days at once. Also whether the effect wears off with the days since the exposure. Without `metric` the primary one.',
  access: 'result:read',
  scope: 'project',
  params: z.object({ id: IdOrKey }),
  query: z.strictObject({ metric: z.string().max(100).optional() }),
  success: { status: 200, schema: TimeSeries },
});

export const readInteractions = defineRoute({
  id: 'readInteractions',
  method: 'GET',
  path: '/api/v1/interactions',
  tag: 'Results',
  summary: 'Do running experiments change each other’s effects?',
  description:
    'Every pair of running experiments that share units, on every metric that can be added up, with control of the false discovery ' +
    'rate. The tests with the smallest p-values come first.',
  access: 'result:read',
  scope: 'project',
  query: z.strictObject({
    alpha: z.coerce.number().gt(0).lt(0.5).default(0.01),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
    experiment: IdOrKey.optional(),
  }),
  success: { status: 200, schema: InteractionScan },
});

const powerCall = { method: 'POST', tag: 'Power', access: 'result:read', scope: 'project' } as const;

export const sampleSize = defineRoute({
  ...powerCall,
  id: 'sampleSize',
  path: '/api/v1/power/sample-size',
  summary: 'How many units does an effect need?',
  body: SampleSizeRequest,
  success: { status: 200, schema: SampleSizeAnswer },
});

export const minimumEffect = defineRoute({
  ...powerCall,
  id: 'minimumEffect',
  path: '/api/v1/power/mde',
  summary: 'Which effect can so many units show?',
  body: MdeRequest,
  success: { status: 200, schema: MdeAnswer },
});

export const experimentDuration = defineRoute({
  ...powerCall,
  id: 'experimentDuration',
  path: '/api/v1/power/duration',
  summary: 'How long does it take?',
  description: 'For a sample size (`unitsPerVariant`), or for an effect as in `/power/sample-size`.',
  body: DurationRequest,
  success: { status: 200, schema: DurationAnswer },
});

export const resultRoutes = [
  readResults,
  readHealth,
  readTimeSeries,
  readInteractions,
  sampleSize,
  minimumEffect,
  experimentDuration,
];
