import { chiSquareSurvival } from '../distributions/chi-square.js';

export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * A chi-square statistic with its p-value from the survival function. Without degrees of freedom nothing is tested: 1.
 */
export function chiSquareTest(statistic: number, degreesOfFreedom: number): ChiSquareTest {
  const pValue = degreesOfFreedom > 0 ? chiSquareSurvival(statistic, degreesOfFreedom) : 1;
  return { statistic, degreesOfFreedom, pValue };
}
