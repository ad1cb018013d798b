import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts } from './two-proportions.js';

/**
 * Wilson's score interval of one proportion (1927):
 * `(p + z²/2n ∓ z sqrt(p q/n + z²/4n²)) / (1 + z²/n)`. Good for every count, also 0 and n.
 */
export function wilsonInterval(arm: ProportionSummary, alpha: number): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(arm, arm);
  if (refusal !== null) return { ok: false, refusal };
  return computed(wilsonBounds(arm, -normalQuantile(alpha / 2)));
}

/** The two roots for a given `z`, with the exact 0 and 1 at the ends. */
export function wilsonBounds({ n, successes }: ProportionSummary, z: number): Interval {
  const square = z * z;
  const rate = successes / n;
  const centre = rate + square / (2 * n);
  const spread = z * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  return [successes === 0 ? 0 : (centre - spread) / scale, successes === n ? 1 : (centre + spread) / scale];
}
