import { CliError } from '../terminal/cli-error.js';
import { isYesNo, parseNumber, readCell } from './cell.js';
import type { CsvRow } from './csv-rows.js';
import { missingColumn, parseMetricSpec, type ColumnAggregation, type MetricSpec } from './metric-spec.js';
import { parseTime } from './parse-time.js';
import { MAX_VARIANTS } from './variant-keys.js';

/** What the user said about the columns. */
export interface ColumnOptions {
  readonly unit: string;
  readonly variant: string;
  readonly metric: readonly string[];
  readonly timestamp?: string | undefined;
  readonly dimension?: readonly string[] | undefined;
}

/** A column with an attribute of the unit that was known before it saw anything. */
export interface SurveyedDimension {
  readonly column: string;
  readonly index: number;
}

export interface SurveyedMetric {
  readonly column: string;
  readonly index: number;
  readonly aggregation: ColumnAggregation;
}

/** What a file holds, found by reading it once before anything is sent. */
export interface Survey {
  readonly rows: number;
  readonly variants: ReadonlySet<string>;
  readonly unitIndex: number;
  readonly variantIndex: number;
  readonly timeIndex: number | undefined;
  readonly metrics: readonly SurveyedMetric[];
  readonly dimensions: readonly SurveyedDimension[];
}

/**
 * Checks every row, so that a fault in the last one is known before the first is sent.
 *
 * @throws CliError with the line of the first fault.
 */
export async function survey(rows: AsyncIterable<CsvRow>, options: ColumnOptions): Promise<Survey> {
  let columns: Columns | undefined;
  const variants = new Set<string>();
  let count = 0;
  for await (const { cells, line } of rows) {
    if (columns === undefined) {
      columns = findColumns(cells, options);
      continue;
    }
    count += 1;
    checkRow(cells, line, columns, options);
    variants.add((cells[columns.variantIndex] ?? '').trim());
    if (variants.size > MAX_VARIANTS) break;
  }
  if (columns === undefined) throw new CliError('The file is empty.');
  if (count === 0) throw new CliError('The file has a header, but no rows.');
  const { metrics, ...found } = columns;
  return { rows: count, variants, ...found, metrics: metrics.map(decided) };
}

interface Columns {
  readonly unitIndex: number;
  readonly variantIndex: number;
  readonly timeIndex: number | undefined;
  readonly metrics: readonly (MetricSpec & { readonly index: number })[];
  readonly dimensions: readonly SurveyedDimension[];
}

function findColumns(header: readonly string[], options: ColumnOptions): Columns {
  const indexOf = (option: string, column: string): number => {
    const index = header.indexOf(column);
    if (index < 0) throw missingColumn(option, column, header);
    return index;
  };
  if (options.metric.length === 0) throw new CliError(`--metric is missing. The columns are: ${header.join(', ')}.`);
  const metrics = options.metric.map((text) => parseMetricSpec(text, header));
  const twice = metrics.find(({ column }, index) => metrics.findIndex((other) => other.column === column) !== index);
  if (twice !== undefined) throw new CliError(`--metric names the column '${twice.column}' twice.`);
  return {
    unitIndex: indexOf('--unit', options.unit),
    variantIndex: indexOf('--variant', options.variant),
    timeIndex: options.timestamp === undefined ? undefined : indexOf('--timestamp', options.timestamp),
    metrics: metrics.map((metric) => ({ ...metric, index: header.indexOf(metric.column) })),
    dimensions: (options.dimension ?? []).map((column) => ({ column, index: indexOf('--dimension', column) })),
  };
}

const MAX_UNIT = 256;

function checkRow(cells: readonly string[], line: number, columns: Columns, options: ColumnOptions): void {
  const fault = (column: string, what: string): CliError => new CliError(`Line ${line}, column '${column}': ${what}.`);
  const unit = (cells[columns.unitIndex] ?? '').trim();
  if (unit === '') throw fault(options.unit, 'the unit is empty');
  if (unit.length > MAX_UNIT) throw fault(options.unit, `the unit is longer than ${MAX_UNIT} characters`);
  if ((cells[columns.variantIndex] ?? '').trim() === '') throw fault(options.variant, 'the variant is empty');
  if (columns.timeIndex !== undefined && parseTime(cells[columns.timeIndex] ?? '') === undefined) {
    throw fault(options.timestamp ?? '', `'${cells[columns.timeIndex]}' is not a time such as 2017-01-21 22:11:48`);
  }
  for (const { column, index, aggregation } of columns.metrics) {
    const text = cells[index] ?? '';
    if (aggregation === undefined) {
      if (!isYesNo(text)) throw fault(column, needsType(column, text));
      continue;
    }
    const cell = readCell(text, aggregation);
    if ('unreadable' in cell) throw fault(column, cell.unreadable);
  }
}

const needsType = (column: string, text: string): string =>
  parseNumber(text.trim()) === undefined
    ? `'${text}' is neither true nor false; say how to read it, for example --metric ${column}:count`
    : `'${text}' is a number; say what to make of it, for example --metric ${column}:sum`;

const decided = ({ column, index, aggregation }: MetricSpec & { index: number }): SurveyedMetric => ({
  column,
  index,
  aggregation: aggregation ?? 'exists',
});
