import { adapter } from './adapter/proportions.js';
import { describeVectors } from './compare.js';

describeVectors('proportions', adapter);
