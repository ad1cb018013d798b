import { chiSquareTest, type ChiSquareTest } from '../contrast/chi-square-test.js';
import { computed, refused, type Outcome } from '../refusal.js';

/**
 * Whether two experiments assign units independently: Pearson's chi-square on the table of units that are in both,
 * `counts[variant of X][variant of Y]`, without continuity correction, `(k-1)(l-1)` degrees of freedom. A small p-value
 * says that the experiments share randomisation or exclude each other, and no effect can be told apart.
 *
 * @returns refusals `PLAN_INVALID` (fewer than two variants, a ragged table), `INVALID_INPUT`, `NO_UNITS` (an empty row
 *   or column).
 */
export function assignmentIndependence(counts: readonly (readonly number[])[]): Outcome<ChiSquareTest> {
  const columns = counts[0]?.length ?? 0;
  if (counts.length < 2 || columns < 2 || counts.some((row) => row.length !== columns)) {
    return refused('PLAN_INVALID', 'Give at least two variants of each experiment, and a count for every combination.');
  }
  if (counts.some((row) => row.some((count) => !(count >= 0 && count < Infinity)))) {
    return refused('INVALID_INPUT', 'Counts of units are finite and not negative.');
  }
  const rowTotals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnTotals = Array.from({ length: columns }, (_c, b) => counts.reduce((sum, row) => sum + (row[b] ?? 0), 0));
  if ([...rowTotals, ...columnTotals].some((total) => total === 0)) {
    return refused('NO_UNITS', 'A variant of one experiment has no unit that is also in the other.');
  }
  const total = rowTotals.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  counts.forEach((row, a) => {
    row.forEach((count, b) => {
      const expected = ((rowTotals[a] ?? 0) / total) * (columnTotals[b] ?? 0);
      statistic += (count - expected) ** 2 / expected;
    });
  });
  return computed(chiSquareTest(statistic, (counts.length - 1) * (columns - 1)));
}
