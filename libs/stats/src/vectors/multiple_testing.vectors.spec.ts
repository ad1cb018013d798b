import { adapter } from './adapter/multiple_testing.js';
import { describeVectors } from './compare.js';

describeVectors('multiple_testing', adapter);
