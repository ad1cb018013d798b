import { adapter } from './adapter/sequential_msprt.js';
import { describeVectors } from './compare.js';

describeVectors('sequential_msprt', adapter);
