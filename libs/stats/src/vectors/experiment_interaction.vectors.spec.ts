import { adapter } from './adapter/experiment_interaction.js';
import { describeVectors } from './compare.js';

describeVectors('experiment_interaction', adapter);
