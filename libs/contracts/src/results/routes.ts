import { z } from 'zod';
import { IdOrKey, Time, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { ExperimentResults } from './results.js';

export const readResults = defineRoute({
  id: 'readResults',
  method: 'GET',
  path: '/api/v1/experiments/:id/results',
  tag: 'Results',
  summary: 'Results of an experiment',
  description:
    'A function of the stored exposures and events: asking twice gives the same numbers. `from` and `to` narrow by the time of ' +
    'the first exposure; `asOf` gives the numbers as they stood at an earlier moment; `dimension` adds the results for each ' +
    'value of an attribute of the assignment context (or of the metadata of `$exposure`), and whether they differ.',
  access: 'result:read',
  scope: 'project',
  params: z.object({ id: IdOrKey }),
  query: z.strictObject({
    metric: z.string().max(100).optional(),
    dimension: text(100, 1).optional(),
    from: Time.optional(),
    to: Time.optional(),
    asOf: Time.optional(),
  }),
  success: { status: 200, schema: ExperimentResults },
});

export const resultRoutes = [readResults];
