export { describeVectors, type VectorAdapter } from '../testing/describe-vectors.js';
