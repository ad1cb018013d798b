import { computed, refused, type Outcome } from '../refusal.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import { mergeMoments } from '../summary/merge-moments.js';
import { productOf } from '../summary/moments.js';
import { solveSymmetric } from './solve-symmetric.js';

/**
 * The coefficients of the covariates: `θ = cov(y, x)/var(x)` over the units of both arms together (group means not
 * removed, as GrowthBook and tea-tasting), for several covariates the solution of `Sxx θ = Sxy`. A covariate that never
 * varies gets 0, and so do all when the outcome never varies: the adjustment then changes nothing.
 *
 * Refuses COLLINEAR_COVARIATES when one covariate follows from the others.
 */
export function cupedTheta(control: CovariateSummary, treatment: CovariateSummary): Outcome<readonly number[]> {
  const pooled = mergeMoments(control.moments, treatment.moments);
  const covariates = pooled.means.length - 1;
  const varying = Array.from({ length: covariates }, (_, i) => i + 1).filter((i) => productOf(pooled, i, i) > 0);
  const theta = new Array<number>(covariates).fill(0);
  if (varying.length === 0 || !(productOf(pooled, 0, 0) > 0)) return computed(theta);
  const matrix = varying.map((i) => varying.map((j) => productOf(pooled, i, j)));
  const slopes = solveSymmetric(
    matrix,
    varying.map((i) => productOf(pooled, 0, i)),
  );
  if (slopes === null) return refused('COLLINEAR_COVARIATES', 'a covariate follows from the others: leave it out');
  varying.forEach((i, at) => (theta[i - 1] = slopes[at] ?? 0));
  return computed(theta);
}
