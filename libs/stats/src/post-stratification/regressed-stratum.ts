import { solveSymmetric } from '../cuped/solve-symmetric.js';
import { meanOf, productOf, type Moments } from '../summary/moments.js';
import { sumWithoutRounding } from '../summary/sum-without-rounding.js';
import type { StratumEstimate } from './stratum.js';

/**
 * Least squares of each outcome on the arm and the covariates, with one slope per covariate for both arms, evaluated at the
 * stratum's own means of the covariates; errors of equal variance in both arms, correlated between outcomes (gbstats
 * `PostStratificationRegressionAdjusted`). Slopes are `Sxx⁻¹ Sxy` within arms, which is what a column for the arm leaves.
 *
 * @param control moments of the outcomes and then the covariates; `treatment` likewise.
 * @param parameters taken off the units for the residual degrees of freedom; coefficients of one outcome if absent.
 * @returns `null` where there is nothing to regress on: no covariate that varies, one that follows from the others, or too few
 *   units.
 */
export function regressedStratum(
  control: Moments,
  treatment: Moments,
  outcomes: number,
  parameters?: number,
): StratumEstimate | null {
  const arms = [control, treatment];
  const n = control.n + treatment.n;
  const within = (i: number, j: number): number => productOf(control, i, j) + productOf(treatment, i, j);
  const varying = indices(control.means.length).filter((i) => i >= outcomes && within(i, i) > 0);
  const freedom = n - (parameters ?? 2 + varying.length);
  if (varying.length === 0 || !(freedom > 0)) return null;
  const solve = (right: readonly number[]): number[] | null =>
    solveSymmetric(
      varying.map((i) => varying.map((j) => within(i, j))),
      right,
    );
  // How far each arm's covariates lie from the stratum's, and what that costs in units of Sxx.
  const distances = arms.map((arm) => varying.map((i) => meanOf(arm, i) - pooledMean(control, treatment, i)));
  const slopes = indices(outcomes).map((outcome) => solve(varying.map((i) => within(i, outcome))));
  const solved = distances.map(solve);
  if ([...slopes, ...solved].includes(null)) return null;
  const adjusted = (arm: number): number[] =>
    slopes.map((slope, outcome) => meanOf(arms[arm] ?? control, outcome) - dot(slope, distances[arm]));
  const residual = (i: number, j: number): number =>
    sumWithoutRounding([within(i, j), ...varying.map((x, at) => -(slopes[i]?.[at] ?? NaN) * within(x, j))]) / freedom;
  const entries = [0, 1].flatMap((arm) => indices(outcomes).map((outcome) => ({ arm, outcome })));
  const covariance = entries.map((a) =>
    entries.map((b) => {
      const own = a.arm === b.arm ? 1 / (arms[a.arm]?.n ?? NaN) : 0;
      return residual(a.outcome, b.outcome) * (own + dot(distances[a.arm], solved[b.arm]));
    }),
  );
  return { n, control: adjusted(0), treatment: adjusted(1), covariance };
}

function pooledMean(control: Moments, treatment: Moments, i: number): number {
  const share = treatment.n / (control.n + treatment.n);
  return meanOf(control, i) + share * (meanOf(treatment, i) - meanOf(control, i));
}

function indices(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function dot(a: readonly number[] | null | undefined, b: readonly number[] | null | undefined): number {
  return (a ?? []).reduce((sum, value, i) => sum + value * (b?.[i] ?? NaN), 0);
}
