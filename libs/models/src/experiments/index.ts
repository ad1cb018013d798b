import { ExperimentRevision } from './experiment-revision.entity.js';
import { Experiment } from './experiment.entity.js';
import { Holdout } from './holdout.entity.js';
import { LayerAllocation } from './layer-allocation.entity.js';
import { Layer } from './layer.entity.js';
import { Metric } from './metric.entity.js';
import { Variant } from './variant.entity.js';

export { Experiment, ExperimentRevision, Holdout, Layer, LayerAllocation, Metric, Variant };

/** The tables that only the experiments service writes. */
export const experimentEntities = [Experiment, Variant, Metric, ExperimentRevision, Layer, LayerAllocation, Holdout];
