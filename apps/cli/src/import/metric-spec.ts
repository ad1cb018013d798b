import { CliError } from '../terminal/cli-error.js';

/** How a column's cells become a metric. */
export const COLUMN_AGGREGATIONS = ['exists', 'sum', 'count', 'average', 'min', 'max'] as const;
export type ColumnAggregation = (typeof COLUMN_AGGREGATIONS)[number];

/** `--metric COL[:type]`, with the column found in the file. */
export interface MetricSpec {
  readonly column: string;
  /** Undefined: to be told from the cells. */
  readonly aggregation: ColumnAggregation | undefined;
}

export const isColumnAggregation = (text: string): text is ColumnAggregation =>
  (COLUMN_AGGREGATIONS as readonly string[]).includes(text);

/**
 * Parses `retention_1` and `sum_gamerounds:sum`. A column whose own name holds a colon is found first by its whole name.
 *
 * @throws CliError that lists the columns, or the types, there are.
 */
export function parseMetricSpec(text: string, columns: readonly string[]): MetricSpec {
  if (columns.includes(text)) return { column: text, aggregation: undefined };
  const colon = text.lastIndexOf(':');
  if (colon < 0) throw missingColumn('--metric', text, columns);
  const [column, type] = [text.slice(0, colon), text.slice(colon + 1)];
  if (!columns.includes(column)) throw missingColumn('--metric', column, columns);
  if (isColumnAggregation(type)) return { column, aggregation: type };
  throw new CliError(`--metric ${text}: '${type}' is not a type; use one of ${COLUMN_AGGREGATIONS.join(', ')}.`);
}

export function missingColumn(option: string, column: string, columns: readonly string[]): CliError {
  return new CliError(`${option}: the file has no column '${column}'. Its columns are: ${columns.join(', ')}.`);
}
