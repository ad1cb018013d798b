import type pg from 'pg';
import { binaryCopy, type Literal } from '../apply/binary-copy.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { quantityColumns } from '../plan/quantity-columns.js';
import { uuidOf } from '../ranks/rank-body.js';

/** How the units are parted besides by variant: an SQL expression over `u`, with what it joins. */
export interface Grouping {
  readonly key: string;
  readonly join: string;
  readonly values: readonly Literal[];
  /** Which of the units; all without it. */
  readonly where?: string;
  /** Whole numbers to know of each unit, as SQL over what is joined. */
  readonly codes?: readonly string[];
  /** Also tell the users apart. */
  readonly withUsers?: boolean;
}

/** 53 bits of a hash: exact in a double, and the same for two of a million users once in ten thousand scans. */
const USERS = `string_agg(float8send((hashtextextended(u.user_id, 0) & 9007199254740991)::float8), ''::bytea) AS users`;

/** Units of one variant (and group). */
export interface UnitGroup {
  readonly variantId: string;
  readonly group: string | null;
  readonly count: number;
  /** A number for each user, the same in every experiment; empty unless asked for. */
  readonly users: Float64Array;
  /** The numbers that were asked for, one column for each. */
  readonly codes: readonly Float64Array[];
  /** The quantities of a metric, a column for each; NaN in the first one for a unit that the metric leaves out. */
  readonly quantities: (metric: MetricPlan) => Float64Array[];
  /** The entries of a list, unit after unit, and how many each unit has. */
  readonly list: (index: number) => { readonly values: Float64Array; readonly sizes: Float64Array };
}

const NO_GROUPING: Grouping = { key: 'NULL::text', join: '', values: [] };

/**
 * Reads the cells that some metrics need, of all units that are in the results, in one pass over the table: column by column
 * as bytes, which is an order of magnitude quicker than rows of text.
 */
export async function readUnitTable(
  client: pg.ClientBase,
  plan: ExperimentPlan,
  metrics: readonly MetricPlan[],
  grouping: Grouping = NO_GROUPING,
): Promise<readonly UnitGroup[]> {
  const wanted = wantedCells(plan, metrics);
  const columns = wanted.cells.map(
    (cell, index) => `string_agg(float8send(u.cells[${cell + 1}]), ''::bytea) AS c${index}`,
  );
  const lists = wanted.lists.map(
    (list, index) => `string_agg(array_send(${listSlice(plan, list)}), ''::bytea) AS l${index}`,
  );
  const codes = (grouping.codes ?? []).map(
    (code, index) => `string_agg(float8send((${code})::float8), ''::bytea) AS k${index}`,
  );
  const selected = [...columns, ...lists, ...codes, ...(grouping.withUsers === true ? [USERS] : [])];
  const statement = `
    SELECT u.variant_id, (${grouping.key})::text AS part, count(*)::int AS n${selected.map((column) => `, ${column}`).join('')}
    FROM experimentation.unit_metrics u ${grouping.join}
    WHERE u.experiment_id = $1::uuid AND NOT u.conflicted${grouping.where === undefined ? '' : ` AND ${grouping.where}`}
    GROUP BY u.variant_id, part, u.shard ORDER BY u.variant_id, part, u.shard`;
  const groups: UnitGroup[] = [];
  await binaryCopy(client, statement, [plan.definition.id, ...grouping.values], ([variantId, part, n, ...bytes]) => {
    if (!variantId || !n) return;
    const own = bytes.map(ownDoubles);
    const units = new UnitColumns(plan, wanted, own, n.readInt32BE());
    groups.push({
      variantId: uuidOf(variantId),
      group: part?.toString('utf8') ?? null,
      count: units.count,
      codes: codes.map((_, index) => littleEndian(own[columns.length + lists.length + index])),
      users: grouping.withUsers === true ? littleEndian(own.at(-1)) : new Float64Array(0),
      quantities: (metric) => units.quantities(metric),
      list: (index) => units.list(index),
    });
  });
  return groups;
}

interface WantedCells {
  readonly cells: readonly number[];
  readonly lists: readonly number[];
}

function wantedCells(plan: ExperimentPlan, metrics: readonly MetricPlan[]): WantedCells {
  const cells = new Set<number>();
  const lists = new Set<number>();
  const take = (offset: number, count: number): void => {
    for (let cell = offset; cell < offset + count; cell += 1) cells.add(cell);
  };
  for (const { metric, rule, cellOffset, listIndex } of metrics) {
    take(cellOffset, rule.initial.length);
    if (listIndex >= 0) lists.add(listIndex);
    for (const { metric: other, earlier } of plan.metrics) {
      const isCovariate = other === metric || metric.covariates.includes(other.name);
      if (earlier !== null && isCovariate) take(earlier.cellOffset, earlier.rule.initial.length);
    }
  }
  const ascending = (a: number, b: number): number => a - b;
  return { cells: [...cells].sort(ascending), lists: [...lists].sort(ascending) };
}

/** The part of the cells that a list is, as SQL: behind the fixed cells and the lists before it. */
function listSlice(plan: ExperimentPlan, list: number): string {
  const length = (index: number): string => {
    const cell = `u.cells[${(plan.lists.countCells[index] ?? 0) + 1}]`;
    return `CASE WHEN ${cell} = 'Infinity' THEN 0 ELSE ${cell} END`;
  };
  const before = Array.from({ length: list }, (_, index) => ` + ${length(index)}`).join('');
  const start = `(${plan.lists.fixed}${before})::int`;
  return `u.cells[${start} + 1 : ${start} + (${length(list)})::int]`;
}

/** Cells of many units, decoded when they are asked for. */
class UnitColumns {
  private readonly decoded = new Map<number, Float64Array>();

  constructor(
    private readonly plan: ExperimentPlan,
    private readonly wanted: WantedCells,
    /** The wanted cells, then the wanted lists. */
    private readonly bytes: readonly Uint8Array[],
    readonly count: number,
  ) {}

  quantities(metric: MetricPlan): Float64Array[] {
    const read = (cell: number): Float64Array => this.column(cell);
    return quantityColumns(metric, this.plan.metrics, read) ?? this.oneByOne(metric);
  }

  list(index: number): { values: Float64Array; sizes: Float64Array } {
    const { cells, lists } = this.wanted;
    return entriesOf(this.bytes[cells.length + lists.indexOf(index)], this.count);
  }

  private column(cell: number): Float64Array {
    let column = this.decoded.get(cell);
    if (column === undefined) {
      column = littleEndian(this.bytes[this.wanted.cells.indexOf(cell)]);
      this.decoded.set(cell, column);
    }
    return column;
  }

  /** For rules that look into the unit's list: its cells are put together again. */
  private oneByOne(metric: MetricPlan): Float64Array[] {
    const { values, sizes } = this.list(metric.listIndex);
    const result = Array.from({ length: metric.dimensions }, () => new Float64Array(this.count).fill(NaN));
    const fixed = Float64Array.from(this.plan.initialCells);
    let at = 0;
    for (let unit = 0; unit < this.count; unit += 1) {
      for (const cell of this.wanted.cells) fixed[cell] = this.column(cell)[unit] ?? 0;
      // Only this list is there: the lengths of the others must not count.
      for (const cell of this.plan.lists.countCells) if (cell !== metric.cellOffset) fixed[cell] = 0;
      const size = sizes[unit] ?? 0;
      const cells = new Float64Array(fixed.length + size);
      cells.set(fixed);
      cells.set(values.subarray(at, at + size), fixed.length);
      at += size;
      metric.quantities(cells)?.forEach((quantity, index) => {
        const column = result[index];
        if (column !== undefined) column[unit] = quantity;
      });
    }
    return result;
  }
}

/** A copy of its own, which begins at a multiple of eight: the driver's buffer does neither, and is not to be kept. */
function ownDoubles(bytes: Buffer | null): Uint8Array {
  return new Uint8Array(bytes ?? []);
}

/** Big-endian doubles, as the server sends them, turned round in their place. */
function littleEndian(bytes: Uint8Array | undefined): Float64Array {
  if (bytes === undefined) return new Float64Array(0);
  Buffer.from(bytes.buffer).swap64();
  return new Float64Array(bytes.buffer);
}

const HEADER = 12;
const DIMENSION = 8;
const ELEMENT = 12;

/** Arrays one after the other in the server's binary form: a header, a dimension unless empty, length and value of each element. */
function entriesOf(bytes: Uint8Array | undefined, count: number): { values: Float64Array; sizes: Float64Array } {
  const sizes = new Float64Array(count);
  if (bytes === undefined) return { values: new Float64Array(0), sizes };
  const values = new Float64Array(Math.floor(bytes.length / ELEMENT));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [at, used] = [0, 0];
  for (let unit = 0; unit < count; unit += 1) {
    const isEmpty = view.getInt32(at) === 0;
    const length = isEmpty ? 0 : view.getInt32(at + HEADER);
    at += isEmpty ? HEADER : HEADER + DIMENSION;
    for (const end = at + length * ELEMENT; at < end; at += ELEMENT) {
      values[used] = view.getFloat64(at + 4);
      used += 1;
    }
    sizes[unit] = length;
  }
  return { values: values.subarray(0, used), sizes };
}
