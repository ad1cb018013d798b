import { refuseCell } from '../contrast/refuse-cell.js';
import { fSurvival } from '../distributions/f-distribution.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import type { Cells2x2 } from './factorial-2x2.js';

export interface AnovaTest {
  readonly f: number;
  readonly pValue: number;
}

export interface FactorialAnova {
  readonly a: AnovaTest;
  readonly b: AnovaTest;
  readonly interaction: AnovaTest;
  /** Degrees of freedom of the error, `N - 4`; each effect has one. */
  readonly errorDegreesOfFreedom: number;
}

/**
 * Type III analysis of variance of a 2x2 factorial experiment with unequal cell sizes, from cell summaries whose
 * variances have divisor `n - 1`: each effect's contrast of unweighted cell means, squared, over the pooled within-cell
 * variance times `Σ w²/n`. Assumes equal variances; `factorial2x2` does not.
 *
 * Source: Montgomery, Design and Analysis of Experiments, ch. 15; Searle 1987, ch. 4.
 *
 * @returns refusals `TOO_FEW_UNITS`, `ZERO_VARIANCE`, and those of the cells.
 */
export function factorialAnova({ c00, c10, c01, c11 }: Cells2x2): Outcome<FactorialAnova> {
  const all = [c00, c10, c01, c11];
  for (const cell of all) {
    const wrong = refuseCell(cell, 'a cell');
    if (wrong) return { ok: false, refusal: wrong };
  }
  const errorDegreesOfFreedom = all.reduce((sum, cell) => sum + cell.n - 1, 0);
  const error = all.reduce((sum, cell) => sum + (cell.n - 1) * cell.variance, 0) / errorDegreesOfFreedom;
  if (!(error > 0)) return refused('ZERO_VARIANCE', 'No cell shows any variation.');
  const scale = error * all.reduce((sum, cell) => sum + 1 / cell.n, 0);
  const test = (contrast: number): AnovaTest => {
    const f = (contrast * contrast) / scale;
    return { f, pValue: fSurvival(f, 1, errorDegreesOfFreedom) };
  };
  return computedNumbers({
    a: test(c10.mean - c00.mean + (c11.mean - c01.mean)),
    b: test(c01.mean - c00.mean + (c11.mean - c10.mean)),
    interaction: test(c11.mean - c01.mean - (c10.mean - c00.mean)),
    errorDegreesOfFreedom,
  });
}
