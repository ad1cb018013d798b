import { adapter } from './adapter/noninferiority.js';
import { describeVectors } from './compare.js';

describeVectors('noninferiority', adapter);
