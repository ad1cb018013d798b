import { adapter } from './adapter/srm.js';
import { describeVectors } from './compare.js';

describeVectors('srm', adapter);
