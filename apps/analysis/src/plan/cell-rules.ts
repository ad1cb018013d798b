import type { Aggregation, Metric } from '@assay/contracts';

/**
 * How events become a unit's value. Cells are a few numbers that are brought forward event by event; every rule gives the
 * same cells whatever the order of the events is.
 */
export interface CellRule {
  /** What the cells hold before any event. */
  readonly initial: readonly number[];
  /** How many quantities a unit contributes (2 for a ratio: numerator and denominator). */
  readonly dimensions: number;
  /** Whether the value is 0 or 1. */
  readonly isBinary?: boolean;
  /** The unit's entries are kept as a sorted list behind the fixed cells of all metrics; the one fixed cell counts them. */
  readonly list?: ListRule;
  /**
   * Takes one event in. `source` says whether it is the metric's own event or the denominator's; `tie` orders events of the
   * same instant and is the same at each delivery.
   */
  fold(cells: Float64Array, offset: number, event: FoldedEvent): void;
  /** The unit's value; null leaves the unit out of the metric. `list` is there for rules that keep one. */
  value(cells: Float64Array, offset: number, list: Float64Array): readonly number[] | null;
  /** The same of many units: a column per quantity, NaN for a unit that is left out. Not there for rules that look at lists. */
  columns?(read: (cell: number) => Float64Array, offset: number): Float64Array[];
}

export interface ListRule {
  /** What an event adds; null adds nothing. */
  entry(event: FoldedEvent): number | null;
  /** Whether the same entry is kept once only. */
  readonly unique: boolean;
}

export interface FoldedEvent {
  readonly at: number;
  readonly tie: number;
  readonly value: number | null;
  readonly source: 'numerator' | 'denominator';
  /** Which step of a funnel the event is. */
  readonly step: number;
}

const cell = (cells: Float64Array, index: number): number => cells[index] ?? 0;
const add = (cells: Float64Array, index: number, amount: number): void => {
  cells[index] = cell(cells, index) + amount;
};

const exists: CellRule = {
  initial: [0],
  dimensions: 1,
  isBinary: true,
  fold: (cells, offset) => add(cells, offset, 1),
  value: (cells, offset) => [cell(cells, offset) > 0 ? 1 : 0],
  columns: (read, offset) => [read(offset).map((events) => (events > 0 ? 1 : 0))],
};

const count: CellRule = {
  ...exists,
  isBinary: false,
  value: (cells, offset) => [cell(cells, offset)],
  columns: (read, offset) => [read(offset)],
};

const sum: CellRule = {
  ...count,
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
  columns(read, offset) {
    const events = read(offset + 1);
    return [read(offset).map((total, unit) => total / cell(events, unit))];
  },
};

const extreme = (initial: number, better: (a: number, b: number) => number): CellRule => ({
  initial: [initial],
  dimensions: 1,
  fold(cells, offset, event) {
    if (event.value !== null) cells[offset] = better(cell(cells, offset), event.value);
  },
  value: (cells, offset) => (Number.isFinite(cell(cells, offset)) ? [cell(cells, offset)] : null),
  columns: (read, offset) => [read(offset).map((value) => (value - value === 0 ? value : NaN))],
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
  columns(read, offset) {
    const times = read(offset);
    return [read(offset + 2).map((value, unit) => (times[unit] === Infinity ? NaN : value))];
  },
});

/** Sum of what numerator events carry over the sum of what denominator events do; `metric-plan.ts` says what that is. */
const ratio: CellRule = {
  initial: [0, 0],
  dimensions: 2,
  fold: (cells, offset, event) => add(cells, event.source === 'numerator' ? offset : offset + 1, event.value ?? 0),
  value: (cells, offset) => [cell(cells, offset), cell(cells, offset + 1)],
  columns: (read, offset) => [read(offset), read(offset + 1)],
};

/** A list is kept by `units/unit-lists.ts`; nothing is folded into fixed cells. */
const listed = { initial: [0], fold: () => undefined };

/** Different values; the list itself stays out of the sums. */
const distinct: CellRule = {
  ...listed,
  dimensions: 1,
  list: { entry: ({ value }) => value, unique: true },
  value: (cells, offset) => counted(cells, offset),
  columns: (read, offset) => [read(offset).map((entries) => (entries === Infinity ? NaN : entries))],
};

/** Every event's value is ranked; the sums count the units that have one. */
const eventQuantile = (ignoreZeros: boolean): CellRule => ({
  ...listed,
  dimensions: 0,
  list: { entry: ({ value }) => (value === 0 && ignoreZeros ? null : value), unique: false },
  value: (cells, offset) => (cell(cells, offset) > 0 && counted(cells, offset) !== null ? [] : null),
});

/** The sum of each unit is ranked; a unit without a value is left out. */
const unitQuantile = (ignoreZeros: boolean): CellRule => ({
  initial: [0, 0],
  dimensions: 1,
  fold: (cells, offset, event) => average.fold(cells, offset, event),
  value(cells, offset) {
    const total = cell(cells, offset);
    return cell(cells, offset + 1) === 0 || (ignoreZeros && total === 0) ? null : [total];
  },
  columns(read, offset) {
    const events = read(offset + 1);
    return [read(offset).map((total, unit) => (events[unit] === 0 || (ignoreZeros && total === 0) ? NaN : total))];
  },
});

/** The number of a list's entries; null when they were too many to be kept. */
function counted(cells: Float64Array, offset: number): readonly number[] | null {
  const entries = cell(cells, offset);
  return entries === Infinity ? null : [entries];
}

/** Steps of one instant stand in the order of the funnel, so that they can follow each other. */
const STEPS = 16;

/**
 * Entries are time and step in one number. The first quantity says whether all steps were done in their order, the others
 * whether the first one, two … were.
 */
const funnel = (steps: readonly string[]): CellRule => {
  const kinds = steps.map((step) => steps.indexOf(step));
  return {
    ...listed,
    dimensions: steps.length,
    list: { entry: ({ at, step }) => at * STEPS + step, unique: false },
    value(cells, offset, list) {
      if (counted(cells, offset) === null) return null;
      let done = 0;
      for (const entry of list)
        if (done < kinds.length && entry - Math.floor(entry / STEPS) * STEPS === kinds[done]) done += 1;
      return [Number(done === kinds.length), ...kinds.slice(1).map((_, index) => Number(done > index))];
    },
  };
};

type Fixed = Exclude<Aggregation, 'quantile' | 'funnel'>;

const RULES: Record<Fixed, CellRule> = {
  exists,
  count,
  sum,
  average,
  min: extreme(Infinity, Math.min),
  max: extreme(-Infinity, Math.max),
  first: endmost(1),
  last: endmost(-1),
  ratio,
  distinct,
};

export function cellRule(metric: Pick<Metric, 'aggregationMethod' | 'quantileBy' | 'ignoreZeros' | 'steps'>): CellRule {
  const { aggregationMethod, quantileBy, ignoreZeros, steps } = metric;
  if (aggregationMethod === 'funnel') return funnel(steps);
  if (aggregationMethod !== 'quantile') return RULES[aggregationMethod];
  return quantileBy === 'unit' ? unitQuantile(ignoreZeros) : eventQuantile(ignoreZeros);
}

/** What the behaviour before the exposure is summed up by; null for metrics that are not adjusted by it. */
export function covariateRule(aggregation: Aggregation): CellRule | null {
  if (aggregation === 'quantile') return null;
  if (aggregation === 'distinct') return count;
  return aggregation === 'funnel' ? exists : RULES[aggregation];
}

/** Half of a UUID's bits as an exact number: the order among events of one instant. */
export function tieOf(key: string): number {
  return parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}
