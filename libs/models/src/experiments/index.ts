import { ExperimentRevision } from './experiment-revision.entity.js';
import { Experiment } from './experiment.entity.js';
import { Holdout } from './holdout.entity.js';
import { LayerAllocation } from './layer-allocation.entity.js';
import { Layer } from './layer.entity.js';
import { Metric } from './metric.entity.js';
import { Variant } from './variant.entity.js';

export {
  EXPERIMENT_STATUSES,
  EXPERIMENT_TYPES,
  Experiment,
  type ExperimentStatus,
  type ExperimentType,
} from './experiment.entity.js';
export { ExperimentRevision } from './experiment-revision.entity.js';
export {
  AGGREGATION_METHODS,
  METRIC_ROLES,
  METRIC_TYPES,
  Metric,
  type AggregationMethod,
  type MetricRole,
  type MetricType,
} from './metric.entity.js';
export { Holdout, Layer, LayerAllocation };
export { Variant } from './variant.entity.js';

/** The tables that only the experiments service writes. */
export const experimentEntities = [Experiment, Variant, Metric, ExperimentRevision, Layer, LayerAllocation, Holdout];
