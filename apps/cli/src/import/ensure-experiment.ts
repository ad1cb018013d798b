import type { Experiment } from '@assay/contracts';
import { ApiError, type ApiClient } from '../connection/api-client.js';
import type { ExperimentDraft } from './experiment-plan.js';

const pathOf = (key: string): string => `/api/v1/experiments/${encodeURIComponent(key)}`;

/** Whether this call made the experiment. */
export interface Ensured {
  readonly experiment: Experiment;
  readonly isNew: boolean;
}

/** The experiment by its key, made from the draft if there is none. It may still have to be started. */
export async function ensureExperiment(api: ApiClient, draft: ExperimentDraft): Promise<Ensured> {
  const found = await findExperiment(api, draft.key);
  if (found !== undefined) return { experiment: found, isNew: false };
  return { experiment: await api.post<Experiment>('/api/v1/experiments', draft), isNew: true };
}

/** Exposures are refused while an experiment is a draft. */
export async function startIfDraft(api: ApiClient, experiment: Experiment): Promise<void> {
  if (experiment.status === 'DRAFT') await api.post(`${pathOf(experiment.key)}/start`, {});
}

async function findExperiment(api: ApiClient, key: string): Promise<Experiment | undefined> {
  try {
    return await api.get<Experiment>(pathOf(key));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
