import { adapter } from './adapter/cuped_ratio.js';
import { describeVectors } from './compare.js';

describeVectors('cuped_ratio', adapter);
