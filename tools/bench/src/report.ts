/** One line of a benchmark's table. */
export interface Measured {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  readonly ok: boolean | null;
}

/** Prints the measurements as a table, with what was asked for. */
export function printTable(title: string, rows: readonly Measured[]): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => cells(row)[column]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const row of rows) {
    const line = cells(row).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    console.log(`  ${line.join('   ')}   ${row.ok === null ? '' : row.ok ? 'ok' : 'MISSED'}`);
  }
}

const cells = (row: Measured): [string, string, string] => [row.what, row.value, row.target];

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;

/** Runs and times; the result with the milliseconds it took. */
export async function timed<T>(run: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
}
