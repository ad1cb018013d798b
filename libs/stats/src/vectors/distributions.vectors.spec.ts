import { adapter } from './adapter/distributions.js';
import { describeVectors } from './compare.js';

describeVectors('distributions', adapter);
