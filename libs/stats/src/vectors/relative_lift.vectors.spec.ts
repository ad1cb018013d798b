import { adapter } from './adapter/relative_lift.js';
import { describeVectors } from './compare.js';

describeVectors('relative_lift', adapter);
