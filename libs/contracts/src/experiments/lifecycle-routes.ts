import { z } from 'zod';
import { defineRoute } from '../http/route.js';
import { Amendment, CloneExperiment, CompleteExperiment, Experiment } from './experiment.js';
import { ExperimentParams } from './definition-routes.js';

/** A call without a body: nothing, or an empty object. */
const NoBody = z.strictObject({});

const lifecycleCall = {
  method: 'POST',
  tag: 'Experiments',
  access: 'experiment:update',
  scope: 'project',
  params: ExperimentParams,
  success: { status: 200, schema: Experiment },
  idempotent: true,
} as const;

export const startExperiment = defineRoute({
  ...lifecycleCall,
  id: 'startExperiment',
  path: '/api/v1/experiments/:id/start',
  summary: 'Start a draft now',
  description:
    'DRAFT -> ACTIVE, at once: a `startDate` that is missing or in the future becomes now (leave a future `startDate` alone and the ' +
    'draft starts by itself). 409 `not_startable` names what is missing, 409 `invalid_transition` what is possible instead.',
  body: NoBody,
});

export const pauseExperiment = defineRoute({
  ...lifecycleCall,
  id: 'pauseExperiment',
  path: '/api/v1/experiments/:id/pause',
  summary: 'Pause a running experiment',
  description: 'ACTIVE -> PAUSED. Enrols nobody new; units that were assigned keep their variant.',
  body: NoBody,
});

export const resumeExperiment = defineRoute({
  ...lifecycleCall,
  id: 'resumeExperiment',
  path: '/api/v1/experiments/:id/resume',
  summary: 'Resume a paused experiment',
  description: 'PAUSED -> ACTIVE.',
  body: NoBody,
});

export const completeExperiment = defineRoute({
  ...lifecycleCall,
  id: 'completeExperiment',
  path: '/api/v1/experiments/:id/complete',
  summary: 'End an experiment with a decision',
  description:
    'ACTIVE or PAUSED -> COMPLETED; `endDate` becomes now. `ship` needs the winner, unless there is only one variant beside the ' +
    'control; that of a `rollback` is the control or left out; `inconclusive` has none.',
  body: CompleteExperiment,
});

export const archiveExperiment = defineRoute({
  ...lifecycleCall,
  id: 'archiveExperiment',
  path: '/api/v1/experiments/:id/archive',
  summary: 'Archive an experiment',
  description: 'DRAFT, PAUSED or COMPLETED -> ARCHIVED: it takes no more exposures and serves nothing.',
  body: NoBody,
});

export const cloneExperiment = defineRoute({
  ...lifecycleCall,
  id: 'cloneExperiment',
  path: '/api/v1/experiments/:id/clone',
  summary: 'Copy an experiment into a new draft',
  description:
    'Takes everything but dates, decision and history. Units are bucketed anew, since the salt goes with the key.',
  access: 'experiment:create',
  body: CloneExperiment,
  success: { status: 201, schema: Experiment },
});

export const amendExperiment = defineRoute({
  ...lifecycleCall,
  id: 'amendExperiment',
  path: '/api/v1/experiments/:id/amendments',
  summary: 'Amend a started experiment, with a reason',
  description:
    'A merge patch of what `PATCH` refuses after the start, kept with its reason in the revisions. A variant is never taken away ' +
    '(409 `variant_in_use`; set its trafficAllocation to 0). A completed experiment takes changes of hypothesis, metrics and analysis.',
  body: Amendment,
});
