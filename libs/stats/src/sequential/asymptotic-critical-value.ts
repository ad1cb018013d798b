import { asymptoticRho } from './asymptotic-rho.js';

/**
 * Halfwidth of the two-sided asymptotic confidence sequence after `n` units in standard errors:
 * `sqrt(2k ln(sqrt(k)/alpha) / (n rho²))`, `k = n rho² + 1`. What stands where 1.96 stands in a fixed-horizon test.
 *
 * @param n - units of both arms.
 */
export function asymptoticCriticalValue(n: number, alpha: number, tuningParameter: number): number {
  const rho = asymptoticRho(alpha, tuningParameter);
  const mixed = n * rho * rho;
  return Math.sqrt(((2 * (mixed + 1)) / mixed) * (0.5 * Math.log1p(mixed) - Math.log(alpha)));
}
