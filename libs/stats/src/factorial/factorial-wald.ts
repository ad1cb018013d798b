import { chiSquareTest, type ChiSquareTest } from '../contrast/chi-square-test.js';
import { cochranQ } from '../contrast/cochran-q.js';
import { refuseCell } from '../contrast/refuse-cell.js';
import { waldStatistic } from '../contrast/wald-statistic.js';
import type { ArmEstimate } from '../effect/arm-estimate.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

export interface FactorialWald {
  /** Equality of A's marginal means, `k - 1` degrees of freedom. */
  readonly factorA: ChiSquareTest;
  /** Equality of B's marginal means, `l - 1` degrees of freedom. */
  readonly factorB: ChiSquareTest;
  /** All differences of differences are 0, `(k-1)(l-1)` degrees of freedom. */
  readonly interaction: ChiSquareTest;
}

/**
 * Wald tests of a `k x l` factorial experiment, `cells[a][b]`, cells weighted alike and variances unequal:
 * `W = (Cm)' (C V C')⁻¹ (Cm)` for the contrasts of each factor's marginal means and of the interaction. For independent
 * marginal means that is Cochran's Q.
 *
 * @returns refusals `PLAN_INVALID` (fewer than two levels, a ragged table), `ZERO_VARIANCE`, and those of the cells.
 */
export function factorialWald(cells: readonly (readonly ArmEstimate[])[]): Outcome<FactorialWald> {
  const columns = cells[0]?.length ?? 0;
  if (cells.length < 2 || columns < 2 || cells.some((row) => row.length !== columns)) {
    return refused('PLAN_INVALID', 'Give at least two levels of each factor, and a cell for every combination.');
  }
  for (const [a, row] of cells.entries()) {
    for (const [b, cell] of row.entries()) {
      const wrong = refuseCell(cell, `cell ${a},${b}`);
      if (wrong) return { ok: false, refusal: wrong };
      if (!(cell.variance > 0)) return refused('ZERO_VARIANCE', `Cell ${a},${b} shows no variation.`);
    }
  }
  const turned = Array.from({ length: columns }, (_column, b) => cells.map((row) => row[b] ?? EMPTY));
  return computedNumbers({
    factorA: marginalTest(cells),
    factorB: marginalTest(turned),
    interaction: interactionTest(cells),
  });
}

const EMPTY: ArmEstimate = { n: 0, mean: NaN, variance: NaN };

function marginalTest(levels: readonly (readonly ArmEstimate[])[]): ChiSquareTest {
  const means = levels.map((row) => {
    const variance = row.reduce((sum, cell) => sum + cell.variance / cell.n, 0);
    return {
      estimate: row.reduce((sum, cell) => sum + cell.mean, 0) / row.length,
      standardError: Math.sqrt(variance) / row.length,
    };
  });
  return chiSquareTest(cochranQ(means).q, levels.length - 1);
}

/** Contrasts `m_ab - m_a0 - m_0b + m_00`; those that share a row, a column or only the corner covary. */
function interactionTest(cells: readonly (readonly ArmEstimate[])[]): ChiSquareTest {
  const mean = (a: number, b: number): number => cells[a]?.[b]?.mean ?? NaN;
  const variance = (a: number, b: number): number => (cells[a]?.[b]?.variance ?? NaN) / (cells[a]?.[b]?.n ?? NaN);
  const places: { a: number; b: number }[] = [];
  for (let a = 1; a < cells.length; a++) for (let b = 1; b < (cells[0]?.length ?? 0); b++) places.push({ a, b });
  const deviations = places.map(({ a, b }) => mean(a, b) - mean(a, 0) - (mean(0, b) - mean(0, 0)));
  const covariance = places.map((p) =>
    places.map((q) => {
      const row = p.a === q.a ? variance(p.a, 0) : 0;
      const column = p.b === q.b ? variance(0, p.b) : 0;
      const self = p.a === q.a && p.b === q.b ? variance(p.a, p.b) : 0;
      return variance(0, 0) + row + column + self;
    }),
  );
  return chiSquareTest(waldStatistic(deviations, covariance), places.length);
}
