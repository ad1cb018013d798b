import { adapter } from './adapter/sequential_group.js';
import { describeVectors } from './compare.js';

describeVectors('sequential_group', adapter);
