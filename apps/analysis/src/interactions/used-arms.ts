/** Places of the variants of two experiments that a table of both is made of. */
export interface UsedArms {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Whether a variant gets traffic by the present plan. */
export interface HasTraffic {
  readonly rows: readonly boolean[];
  readonly columns: readonly boolean[];
}

/**
 * Leaves out the variants that no unit of the table is in, and those without traffic where they have a small cell: an arm that
 * was switched off must not keep the others from being compared. Other small cells stay, and are for the test to refuse.
 *
 * @param units by variant of the one and of the other experiment
 */
export function usedArms(units: readonly (readonly number[])[], hasTraffic: HasTraffic, smallest: number): UsedArms {
  const count = (row: number, column: number): number => units[row]?.[column] ?? 0;
  const all = {
    rows: units.map((_, row) => row),
    columns: (units[0] ?? []).map((_, column) => column),
  };
  const present = {
    rows: all.rows.filter((row) => all.columns.some((column) => count(row, column) > 0)),
    columns: all.columns.filter((column) => all.rows.some((row) => count(row, column) > 0)),
  };
  const kept = {
    rows: present.rows.filter((row) => hasTraffic.rows[row] !== false),
    columns: present.columns.filter((column) => hasTraffic.columns[column] !== false),
  };
  return {
    rows: present.rows.filter(
      (row) => kept.rows.includes(row) || kept.columns.every((column) => count(row, column) >= smallest),
    ),
    columns: present.columns.filter(
      (column) => kept.columns.includes(column) || kept.rows.every((row) => count(row, column) >= smallest),
    ),
  };
}

/** The part of a table that is of the given variants. */
export const partOf = <T>(table: readonly (readonly T[])[], { rows, columns }: UsedArms): T[][] =>
  rows.map((row) => columns.flatMap((column) => table[row]?.[column] ?? []));
