import { asymptoticRho } from './asymptotic-rho.js';

/**
 * Halfwidth of the two-sided asymptotic confidence sequence after `n` units in standard errors: what stands where 1.96
 * stands in a fixed-horizon test.
 *
 * @param n - units of both arms.
 */
export function asymptoticCriticalValue(n: number, alpha: number, tuningParameter: number): number {
  return mixtureBoundary(n * asymptoticRho(alpha, tuningParameter) ** 2, alpha);
}

/** `sqrt(2k ln(sqrt(k)/alpha) / (n rho²))` with `k = n rho² + 1`, from `mixed = n rho²`. */
export function mixtureBoundary(mixed: number, alpha: number): number {
  return Math.sqrt(((2 * (mixed + 1)) / mixed) * (0.5 * Math.log1p(mixed) - Math.log(alpha)));
}
