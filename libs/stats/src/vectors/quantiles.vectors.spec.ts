import { adapter } from './adapter/quantiles.js';
import { describeVectors } from './compare.js';

describeVectors('quantiles', adapter);
