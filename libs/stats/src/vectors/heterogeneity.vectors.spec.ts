import { adapter } from './adapter/heterogeneity.js';
import { describeVectors } from './compare.js';

describeVectors('heterogeneity', adapter);
