import { adapter } from './adapter/sequential_asymptotic_cs.js';
import { describeVectors } from './compare.js';

describeVectors('sequential_asymptotic_cs', adapter);
