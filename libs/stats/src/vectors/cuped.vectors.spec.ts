import { adapter } from './adapter/cuped.js';
import { describeVectors } from './compare.js';

describeVectors('cuped', adapter);
