import type { Aggregation } from '@assay/contracts';

/**
 * How events become a unit's value. Cells are a few numbers that are brought forward event by event; every rule gives the
 * same cells whatever the order of the events is.
 */
export interface CellRule {
  /** What the cells hold before any event. */
  readonly initial: readonly number[];
  /** How many quantities a unit contributes (2 for a ratio: numerator and denominator). */
  readonly dimensions: 1 | 2;
  /**
   * Takes one event in. `source` says whether it is the metric's own event or the denominator's; `tie` orders events of the
   * same instant and is the same at each delivery.
   */
  fold(cells: Float64Array, offset: number, event: FoldedEvent): void;
  /** The unit's value; null leaves the unit out of the metric. */
  value(cells: Float64Array, offset: number): readonly number[] | null;
}

export interface FoldedEvent {
  readonly at: number;
  readonly tie: number;
  readonly value: number | null;
  readonly source: 'numerator' | 'denominator';
}

const cell = (cells: Float64Array, index: number): number => cells[index] ?? 0;
const add = (cells: Float64Array, index: number, amount: number): void => {
  cells[index] = cell(cells, index) + amount;
};

const exists: CellRule = {
  initial: [0],
  dimensions: 1,
  fold: (cells, offset) => add(cells, offset, 1),
  value: (cells, offset) => [cell(cells, offset) > 0 ? 1 : 0],
};

const count: CellRule = { ...exists, value: (cells, offset) => [cell(cells, offset)] };

const sum: CellRule = {
  ...exists,
  fold: (cells, offset, event) => add(cells, offset, event.value ?? 0),
  value: (cells, offset) => [cell(cells, offset)],
};

const average: CellRule = {
  initial: [0, 0],
  dimensions: 1,
  fold(cells, offset, event) {
    if (event.value === null) return;
    add(cells, offset, event.value);
    add(cells, offset + 1, 1);
  },
  value: (cells, offset) => (cell(cells, offset + 1) === 0 ? null : [cell(cells, offset) / cell(cells, offset + 1)]),
};

const extreme = (initial: number, better: (a: number, b: number) => number): CellRule => ({
  initial: [initial],
  dimensions: 1,
  fold(cells, offset, event) {
    if (event.value !== null) cells[offset] = better(cell(cells, offset), event.value);
  },
  value: (cells, offset) => (Number.isFinite(cell(cells, offset)) ? [cell(cells, offset)] : null),
});

/** Cells: time and tie of the event that stands, its value. `sign` 1 keeps the earliest, -1 the latest. */
const endmost = (sign: 1 | -1): CellRule => ({
  initial: [Infinity, Infinity, 0],
  dimensions: 1,
  fold(cells, offset, event) {
    if (event.value === null) return;
    const at = sign * event.at;
    const tie = sign * event.tie;
    const held = cell(cells, offset);
    if (at > held || (at === held && tie >= cell(cells, offset + 1))) return;
    cells[offset] = at;
    cells[offset + 1] = tie;
    cells[offset + 2] = event.value;
  },
  value: (cells, offset) => (cell(cells, offset) === Infinity ? null : [cell(cells, offset + 2)]),
});

/** Sum of the metric's own event over the sum of the denominator's; an event without a value counts 1. */
const ratio: CellRule = {
  initial: [0, 0],
  dimensions: 2,
  fold: (cells, offset, event) => add(cells, event.source === 'numerator' ? offset : offset + 1, event.value ?? 1),
  value: (cells, offset) => [cell(cells, offset), cell(cells, offset + 1)],
};

/** What the rules cannot keep in a few numbers: the unit's history has to be read when it is needed. */
const none: CellRule = { initial: [], dimensions: 1, fold: () => undefined, value: () => null };

const RULES: Record<Aggregation, CellRule> = {
  exists,
  count,
  sum,
  average,
  min: extreme(Infinity, Math.min),
  max: extreme(-Infinity, Math.max),
  first: endmost(1),
  last: endmost(-1),
  ratio,
  distinct: none,
  quantile: none,
};

export const cellRule = (aggregation: Aggregation): CellRule => RULES[aggregation];

/** Whether results of this aggregation are computed. */
export const isComputed = (aggregation: Aggregation): boolean => RULES[aggregation] !== none;

/** Half of a UUID's bits as an exact number: the order among events of one instant. */
export function tieOf(key: string): number {
  return parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}
