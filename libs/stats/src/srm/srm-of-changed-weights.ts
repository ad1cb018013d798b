import { computed, type Outcome } from '../refusal.js';
import { expectedCounts, refuseSrmInput } from './expected-counts.js';
import { mergePeriods, type SharedPeriod } from './merge-periods.js';
import type { SrmPeriod } from './srm-over-periods.js';
import { judgedSrm, srmTest, type SrmOptions, type SrmResult } from './srm-test.js';

/**
 * Sample ratio mismatch when the weights were changed while units came in (an amended experiment, a ramp): every unit is
 * expected by the weights in force when it was first seen. With `n` units and shares `p` per period, `d = Σ (O - n p)` and
 * `V = Σ n (diag p - p pᵀ)` its covariance, the statistic is `dᵀ V⁻ d` and chi-square with rank(V) degrees of freedom: arms
 * less one, or less one for each group of arms that never took units side by side.
 *
 * With one set of weights this is {@link srmTest}, to the bit. Pearson's `Σ (o-e)²/e` of the summed counts
 * ({@link srmOverPeriods}) takes the arms for independent of the period and thereby for more variable than they are: it misses
 * what this one finds. Source: the score test of a product of multinomials with one tilt per arm.
 *
 * Units of an arm of weight 0 in their period count in neither sum, as in {@link srmTest}.
 *
 * Refuses ZERO_WEIGHT (no period has two arms with a weight) and INVALID_INPUT (lengths differ, counts or weights negative or
 * not finite).
 */
export function srmOfChangedWeights(periods: readonly SrmPeriod[], options: SrmOptions = {}): Outcome<SrmResult> {
  const faults = periods.map(({ observed, weights }) => refuseSrmInput(observed, weights));
  // A period that gives everything to one arm says nothing about the split; but some period has to.
  const fault = faults.find((refusal) => refusal !== null && refusal.code !== 'ZERO_WEIGHT');
  if (fault != null) return { ok: false, refusal: fault };
  const sound = mergePeriods(periods.filter((_, index) => faults[index] === null));
  const telling = sound.filter((period) => inWeightedArms(period).some((count) => count > 0));
  if (telling.length <= 1) {
    const only = telling[0] ?? sound[0] ?? periods[0];
    return srmTest(only?.observed ?? [], only?.weights ?? [], options);
  }
  const observed = sumOf(telling.map((period) => inWeightedArms(period)));
  const expected = sumOf(telling.map((period) => expectedCounts(period.observed, period.weights)));
  const { free, covariance } = independentArms(telling);
  const statistic = squaredLength(
    covariance,
    free.map((arm) => (observed[arm] ?? 0) - (expected[arm] ?? 0)),
  );
  return computed(judgedSrm({ statistic, degreesOfFreedom: free.length, expected, observed }, options));
}

const inWeightedArms = ({ observed, weights }: SrmPeriod): number[] =>
  observed.map((count, arm) => ((weights[arm] ?? 0) > 0 ? count : 0));

const sumOf = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, arm) => rows.reduce((sum, row) => sum + (row[arm] ?? 0), 0));

/** The covariance of the counts without one arm of each group that shares periods: that arm's count follows from the others. */
function independentArms(periods: readonly SharedPeriod[]): { free: number[]; covariance: number[][] } {
  const arms = (periods[0]?.shares ?? []).map((_, arm) => arm);
  const covariance = arms.map(() => arms.map(() => 0));
  let group = [...arms];
  for (const period of periods) {
    const total = inWeightedArms(period).reduce((sum, count) => sum + count, 0);
    const present = arms.filter((arm) => (period.shares[arm] ?? 0) > 0);
    const joined = new Set(present.map((arm) => group[arm]));
    const name = group[present[0] ?? 0] ?? 0;
    group = group.map((held) => (joined.has(held) ? name : held));
    for (const row of present) {
      const line = covariance[row] ?? [];
      for (const column of present) {
        const own = row === column ? 1 : 0;
        line[column] = (line[column] ?? 0) + total * (period.shares[row] ?? 0) * (own - (period.shares[column] ?? 0));
      }
    }
  }
  const free = arms.filter((arm) => group.indexOf(group[arm] ?? arm) !== arm);
  return { free, covariance: free.map((row) => free.map((column) => covariance[row]?.[column] ?? 0)) };
}

/** `dᵀ V⁻¹ d` by the Cholesky factor of a positive definite `V`: the squared length of `L⁻¹ d`. */
function squaredLength(covariance: readonly (readonly number[])[], difference: readonly number[]): number {
  const factor: number[][] = [];
  const solved: number[] = [];
  difference.forEach((value, row) => {
    const line: number[] = [];
    for (let column = 0; column <= row; column += 1) {
      const above = factor[column] ?? line;
      let rest = covariance[row]?.[column] ?? 0;
      for (let inner = 0; inner < column; inner += 1) rest -= (line[inner] ?? 0) * (above[inner] ?? 0);
      line.push(column === row ? Math.sqrt(rest) : rest / (above[column] ?? 1));
    }
    factor.push(line);
    const explained = solved.reduce((sum, part, column) => sum + part * (line[column] ?? 0), 0);
    solved.push((value - explained) / (line[row] ?? 1));
  });
  return solved.reduce((sum, part) => sum + part * part, 0);
}
