import { adapter } from './adapter/novelty.js';
import { describeVectors } from './compare.js';

describeVectors('novelty', adapter);
