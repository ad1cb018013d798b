import { normalSurvivalQuantile } from '../distributions/normal.js';
import { studentTQuantile } from '../distributions/student-t-quantile.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, type Outcome } from '../refusal.js';
import { adjustPValues } from './adjust-p-values.js';

export interface TestedEffect {
  readonly estimate: number;
  readonly standardError: number;
  readonly pValue: number;
  /** Degrees of freedom of a t test; absent or `null` for a normal one. */
  readonly degreesOfFreedom?: number | null;
}

export interface FalseCoverageInterval {
  readonly selected: boolean;
  /** `null` where the test was not selected: no interval is promised for it. */
  readonly ci: Interval | null;
}

/**
 * Intervals for the effects that Benjamini-Hochberg selects out of `m`, each at level `1 - R alpha / m` with `R` the
 * number selected: among the intervals shown, the expected share that misses its effect stays below `alpha`
 * (Benjamini & Yekutieli 2005, false coverage rate).
 *
 * @returns one entry per effect in the order given; refusal `ALPHA_OUT_OF_RANGE` or `INVALID_INPUT`.
 */
export function falseCoverageIntervals(
  effects: readonly TestedEffect[],
  alpha: number,
): Outcome<FalseCoverageInterval[]> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const adjusted = adjustPValues(
    effects.map((effect) => effect.pValue),
    'bh',
  );
  if (!adjusted.ok) return adjusted;
  const selected = adjusted.value.map((p) => p <= alpha);
  const level = (selected.filter(Boolean).length * alpha) / effects.length;
  return computedNumbers(
    effects.map((effect, index) => {
      if (selected[index] !== true) return { selected: false, ci: null };
      const df = effect.degreesOfFreedom ?? null;
      const critical = df === null ? normalSurvivalQuantile(level / 2) : -studentTQuantile(level / 2, df);
      const halfwidth = critical * effect.standardError;
      return { selected: true, ci: [effect.estimate - halfwidth, effect.estimate + halfwidth] };
    }),
  );
}
