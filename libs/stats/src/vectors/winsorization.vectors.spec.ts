import { adapter } from './adapter/winsorization.js';
import { describeVectors } from './compare.js';

describeVectors('winsorization', adapter);
