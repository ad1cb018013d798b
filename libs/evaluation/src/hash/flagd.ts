import { cbor } from './cbor.js';
import type { HashFunction } from './hash-function.js';
import { murmur3Finish, murmur3State, murmur3x86_32 } from './murmur3.js';

const WIDTH = 2 ** 32;

/**
 * flagd's `fractional` by integers: murmur3 of the joined text, by default `flagKey + targetingKey`.
 * `(h * total) >> 32 < cumulative` is the same as `h / 2^32 < cumulative / total`, so no total is needed.
 */
export const flagd2: HashFunction = {
  name: 'flagd@2',
  input: (salt, unit) => salt + unit,
  prepare: (salt) => {
    const salted = murmur3State(salt, 0);
    return (unit) => murmur3Finish(salted, unit) / WIDTH;
  },
};

/**
 * flagd's `fractional` over CBOR, which tells 1 from "1" and takes objects: `[salt, unit]` with the flag's key as salt, the
 * unit alone when the salt is empty (a flag that names its own hash input).
 */
export const flagd3: HashFunction = {
  name: 'flagd@3',
  structured: true,
  input: (salt, unit) => (salt === '' ? `cbor(${unit})` : `cbor([${salt}, ${unit}])`),
  prepare: (salt) => (_unit, raw) => {
    const bytes = cbor(salt === '' ? raw : [salt, raw]);
    return bytes === undefined ? NaN : murmur3x86_32(bytes, 0) / WIDTH;
  },
};
