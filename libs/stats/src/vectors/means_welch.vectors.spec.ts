import { adapter } from './adapter/means_welch.js';
import { describeVectors } from './compare.js';

describeVectors('means_welch', adapter);
