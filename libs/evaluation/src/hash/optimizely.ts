import type { HashFunction } from './hash-function.js';
import { murmur3x86_32 } from './murmur3.js';

const BUCKETS = 10000;

/** Optimizely: the salt is the experiment's id; ten thousand buckets. */
export const optimizely: HashFunction = {
  name: 'optimizely',
  input: (salt, unit) => unit + salt,
  prepare: (salt) => (unit) => Math.floor((murmur3x86_32(unit + salt, 1) / 2 ** 32) * BUCKETS) / BUCKETS,
};
