/** Pearson's statistic of counts against equal expectations. */
export function chiSquareUniform(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Pearson's statistic of independence of the rows and columns of a table of counts. */
export function chiSquareIndependence(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = (table[0] ?? []).map((_, column) => table.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  const total = rows.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  for (const [i, row] of table.entries()) {
    for (const [j, count] of row.entries()) {
      const expected = ((rows[i] ?? 0) * (columns[j] ?? 0)) / total;
      statistic += (count - expected) ** 2 / expected;
    }
  }
  return statistic;
}

/** Upper 1 % points of the chi-square distribution by degrees of freedom. */
export const CRITICAL_1_PERCENT: Readonly<Record<number, number>> = { 1: 6.635, 9: 21.666, 81: 113.512 };
