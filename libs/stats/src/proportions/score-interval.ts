import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions } from './two-proportions.js';

/**
 * Miettinen & Nurminen's score interval of the difference (1985): all `δ` that the score test does not reject,
 * `(d - δ)² / V(δ) <= z²`, where `V` uses the maximum-likelihood rates under `pT - pC = δ` and the factor `N/(N-1)`.
 * The best of the closed-form intervals for small samples; it inverts a test, so it agrees with one.
 */
export function scoreInterval(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const z = -normalQuantile(alpha / 2);
  const { difference } = twoProportions(control, treatment);
  const exceeds = (delta: number): boolean => Math.abs(scoreStatistic(control, treatment, delta)) > z;
  return computed([findBound(difference, -1, exceeds), findBound(difference, 1, exceeds)]);
}

/** The score statistic of `pT - pC = delta`; infinite where the hypothesis allows no error but the data depart from it. */
export function scoreStatistic(control: ProportionSummary, treatment: ProportionSummary, delta: number): number {
  const total = control.n + treatment.n;
  const controlRate = restrictedControlRate(control, treatment, delta);
  const treatmentRate = Math.min(1, Math.max(0, controlRate + delta));
  const spread = (controlRate * (1 - controlRate)) / control.n + (treatmentRate * (1 - treatmentRate)) / treatment.n;
  const departure = twoProportions(control, treatment).difference - delta;
  if (departure === 0) return 0;
  return departure / Math.sqrt((spread * total) / (total - 1));
}

/**
 * The control rate that makes the data most likely among all pairs with `pT = pC + delta`: the root inside the allowed
 * range of the cubic of Miettinen & Nurminen, in its trigonometric form.
 */
function restrictedControlRate(control: ProportionSummary, treatment: ProportionSummary, delta: number): number {
  const low = Math.max(0, -delta);
  const high = Math.min(1, 1 - delta);
  const total = control.n + treatment.n;
  const successes = control.successes + treatment.successes;
  const l2 = (treatment.n + 2 * control.n) * delta - total - successes;
  const l1 = (control.n * delta - total - 2 * control.successes) * delta + successes;
  const l0 = control.successes * delta * (1 - delta);
  const third = l2 / (3 * total);
  const q = third ** 3 - (l1 * l2) / (6 * total * total) + l0 / (2 * total);
  const p = Math.sign(q || 1) * Math.sqrt(Math.max(0, third ** 2 - l1 / (3 * total)));
  if (p === 0) return clamp(-third, low, high);
  const angle = (Math.PI + Math.acos(clamp(q / p ** 3, -1, 1))) / 3;
  return clamp(2 * p * Math.cos(angle) - third, low, high);
}

/** Bisection between the estimate, which is never rejected, and the end of the range. */
function findBound(estimate: number, end: number, exceeds: (delta: number) => boolean): number {
  if (!exceeds(end)) return end;
  let inside = estimate;
  let outside = end;
  for (let i = 0; i < 200; i++) {
    const middle = (inside + outside) / 2;
    if (middle === inside || middle === outside) break;
    if (exceeds(middle)) outside = middle;
    else inside = middle;
  }
  return inside;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
