import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import { proportionSummary, type ProportionSummary } from '../summary/proportion-summary.js';
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
  // Rates near 1 are looked at from the other side, where they have all their digits.
  if (2 * (control.successes + treatment.successes) > total) {
    return -scoreStatistic(failuresOf(control), failuresOf(treatment), -delta);
  }
  const controlRate = restrictedControlRate(control, treatment, delta);
  const treatmentRate = clamp(controlRate + delta, 0, 1);
  const spread = (controlRate * (1 - controlRate)) / control.n + (treatmentRate * (1 - treatmentRate)) / treatment.n;
  const departure = twoProportions(control, treatment).difference - delta;
  if (departure === 0) return 0;
  return departure / Math.sqrt((spread * total) / (total - 1));
}

function failuresOf({ n, successes }: ProportionSummary): ProportionSummary {
  return proportionSummary(n, n - successes);
}

/**
 * The control rate that makes the data most likely among all pairs with `pT = pC + delta`: the root inside the allowed
 * range of the cubic of Miettinen & Nurminen, in its trigonometric form, which has eight digits of the rate's distance from
 * its neighbours, and then by Newton's method.
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
  const angle = p === 0 ? 0 : (Math.PI + Math.acos(clamp(q / p ** 3, -1, 1))) / 3;
  const start = clamp(2 * p * Math.cos(angle) - third, low, high);
  return polishedRoot([total, l2, l1, l0], start, low, high);
}

/**
 * The root between `low` and `high`, to the left of which the cubic is positive (there the likelihood grows): Newton's steps
 * as long as they stay within what is known of it, halves of that otherwise.
 */
function polishedRoot(
  [a, b, c, d]: readonly [number, number, number, number],
  start: number,
  low: number,
  high: number,
): number {
  let [left, right] = [low, high];
  // An end of the range is a root too where an arm has no conversions, though not always the one.
  let x = start > low && start < high ? start : (low + high) / 2;
  for (let step = 0; step < 100; step++) {
    const value = ((a * x + b) * x + c) * x + d;
    if (value > 0) left = x;
    else right = x;
    const next = x - value / ((3 * a * x + 2 * b) * x + c);
    const inside = next > left && next < right ? next : (left + right) / 2;
    if (Math.abs(inside - x) <= 2 * Number.EPSILON * inside) return inside;
    x = inside;
  }
  return x;
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
