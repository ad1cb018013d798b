import { computedNumbers, refused, type Outcome } from '../refusal.js';

/** A computed sample size, or `TOO_MANY_UNITS` where it is more than a whole number of a double can count. */
export function countableUnits(units: number): Outcome<number> {
  return units > Number.MAX_SAFE_INTEGER ? tooManyUnits() : computedNumbers(units);
}

/** The refusal of a sample that nobody can count. */
export function tooManyUnits(): Outcome<never> {
  return refused('TOO_MANY_UNITS', 'needs more units than can be counted; plan for a larger effect');
}
