import { adapter } from './adapter/ratio.js';
import { describeVectors } from './compare.js';

describeVectors('ratio', adapter);
