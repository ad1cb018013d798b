import { layerRoutes } from './layers.js';
import {
  createExperiment,
  deleteExperiment,
  listExperimentMetrics,
  listExperiments,
  listMetrics,
  listRevisions,
  listVariants,
  readExperiment,
  updateExperiment,
} from './definition-routes.js';
import {
  amendExperiment,
  archiveExperiment,
  cloneExperiment,
  completeExperiment,
  pauseExperiment,
  resumeExperiment,
  startExperiment,
} from './lifecycle-routes.js';

/** What the experiments service answers. */
export const experimentRoutes = [
  createExperiment,
  listExperiments,
  readExperiment,
  updateExperiment,
  deleteExperiment,
  startExperiment,
  pauseExperiment,
  resumeExperiment,
  completeExperiment,
  archiveExperiment,
  cloneExperiment,
  amendExperiment,
  listVariants,
  listExperimentMetrics,
  listMetrics,
  listRevisions,
  ...layerRoutes,
];
