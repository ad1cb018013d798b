import type { Interval } from '../effect/effect-result.js';
/**
 * Repeated confidence interval at a look, `estimate ∓ c_k se`: the intervals of all planned looks hold together
 * (Jennison & Turnbull 1989). It excludes 0 just when the look crosses its boundary.
 *
 * @returns an infinite interval where the boundary is.
 */
export function repeatedInterval(estimate: number, standardError: number, criticalValue: number): Interval {
  const halfwidth = criticalValue * standardError;
  return [estimate - halfwidth, estimate + halfwidth];
}
