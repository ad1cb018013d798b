import type { HashFunction } from './hash-function.js';
import { murmur3Finish, murmur3State } from './murmur3.js';

const WIDTH = 2 ** 32;

/** What the platform itself uses: murmur3 of `salt:unit`, scaled, so that the position does not depend on a bucket count. */
export const native: HashFunction = {
  name: 'native',
  input: (salt, unit) => `${salt}:${unit}`,
  prepare: (salt) => {
    const salted = murmur3State(`${salt}:`, 0);
    return (unit) => murmur3Finish(salted, unit) / WIDTH;
  },
};
