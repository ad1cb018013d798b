import type { HashFunction } from './hash-function.js';
import { sixtyBitFraction, sixtyBitRemainder } from './sixty-bits.js';

/** PlanOut: the salt is `experimentSalt.parameterSalt`. With `mod` a choice among that many, without it uniform. */
export const planout: HashFunction = {
  name: 'planout',
  input: (salt, unit) => `${salt}.${unit}`,
  prepare: (salt, mod) =>
    mod === undefined
      ? (unit) => sixtyBitFraction(`${salt}.${unit}`)
      : (unit) => sixtyBitRemainder(`${salt}.${unit}`, mod) / mod,
};
