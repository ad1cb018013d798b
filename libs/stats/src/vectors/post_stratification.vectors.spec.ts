import { adapter } from './adapter/post_stratification.js';
import { describeVectors } from './compare.js';

describeVectors('post_stratification', adapter);
