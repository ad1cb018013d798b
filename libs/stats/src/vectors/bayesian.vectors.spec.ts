import { adapter } from './adapter/bayesian.js';
import { describeVectors } from './compare.js';

describeVectors('bayesian', adapter);
