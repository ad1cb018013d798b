import { adapter } from './adapter/factorial.js';
import { describeVectors } from './compare.js';

describeVectors('factorial', adapter);
