/** More entries of one unit are no behaviour but a machine: the unit is left out of the metric. */
export const LIST_LIMIT = 10_000;

/**
 * The lists of a unit, behind its fixed cells: list by list, each sorted, each as long as its own fixed cell says. Infinity
 * there says that the unit had more entries than are kept; that stays so whatever else comes, in any order.
 */
export class UnitLists {
  constructor(
    /** Number of fixed cells. */
    readonly fixed: number,
    /** Fixed cell with the length of each list. */
    readonly countCells: readonly number[],
  ) {}

  read(cells: Float64Array, index: number): Float64Array {
    let start = this.fixed;
    for (let before = 0; before < index; before += 1) start += this.length(cells, before);
    return cells.subarray(start, start + this.length(cells, index));
  }

  /** The cells with entries added to their lists. */
  add(
    cells: Float64Array,
    added: ReadonlyMap<number, readonly number[]>,
    isUnique: (index: number) => boolean,
  ): Float64Array {
    const lists = this.countCells.map((cell, index) => {
      const entries = added.get(index);
      if (entries === undefined || cells[cell] === Infinity) return this.read(cells, index);
      return merged(this.read(cells, index), entries, isUnique(index));
    });
    const fixed = cells.slice(0, this.fixed);
    this.countCells.forEach((cell, index) => {
      const length = lists[index]?.length ?? 0;
      if (fixed[cell] !== Infinity) fixed[cell] = length > LIST_LIMIT ? Infinity : length;
    });
    const kept = lists.filter((_, index) => fixed[this.countCells[index] ?? 0] !== Infinity);
    const result = new Float64Array(this.fixed + kept.reduce((sum, { length }) => sum + length, 0));
    result.set(fixed);
    let at = this.fixed;
    for (const list of kept) {
      result.set(list, at);
      at += list.length;
    }
    return result;
  }

  private length(cells: Float64Array, index: number): number {
    const length = cells[this.countCells[index] ?? 0] ?? 0;
    return length === Infinity ? 0 : length;
  }
}

function merged(held: Float64Array, added: readonly number[], unique: boolean): Float64Array {
  const all = new Float64Array(held.length + added.length);
  all.set(held);
  all.set(added, held.length);
  all.sort();
  return unique ? all.filter((entry, index) => index === 0 || entry !== all[index - 1]) : all;
}
