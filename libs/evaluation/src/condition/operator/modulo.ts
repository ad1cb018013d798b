import type { Test } from './test.js';

/** A divisor and a remainder, both numbers. */
export function isModulo(value: unknown): value is readonly [divisor: number, remainder: number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number');
}

/** `mod`: the number leaves the remainder r when divided by d, for any value [d, r]. Dividing by 0 leaves nothing. */
export function modulo(values: readonly unknown[]): Test {
  const divisions = values.filter(isModulo);
  return (value) =>
    typeof value === 'number' && divisions.some(([divisor, remainder]) => value % divisor === remainder);
}
