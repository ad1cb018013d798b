import { adapter } from './adapter/power.js';
import { describeVectors } from './compare.js';

describeVectors('power', adapter);
