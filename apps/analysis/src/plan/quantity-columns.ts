import type { CellRule } from './cell-rules.js';
import type { MetricPlan } from './metric-plan.js';

/** A cell of many units, unit by unit. */
export type ReadColumn = (cell: number) => Float64Array;

/**
 * What `quantities` gives unit by unit, for many units at once: a column per quantity, NaN in the first one for a unit that is
 * left out. A hundred times quicker than units one by one. Null for rules that look into the unit's lists.
 */
export function quantityColumns(plan: MetricPlan, all: readonly MetricPlan[], read: ReadColumn): Float64Array[] | null {
  const { rule, cellOffset, metric, earlier } = plan;
  const outcome = rule.columns?.(read, cellOffset);
  if (outcome === undefined) return null;
  const cap = metric.capValue;
  const columns = outcome.map((column, index) => (index === 0 ? cutAt(column, cap) : column));
  if (earlier === null || plan.covariates.length === 0) return columns;
  const others = metric.covariates.flatMap((name) => all.find((each) => each.metric.name === name) ?? []);
  for (const source of [plan, ...others]) {
    if (source.earlier === null) continue;
    const before = source.earlier.rule.columns?.(read, source.earlier.cellOffset);
    if (before === undefined) return null;
    columns.push(...covariateColumns(source.earlier.rule, before, source === plan ? cap : null));
  }
  return columns;
}

/** A unit without history counts as 0, and an indicator says so. */
function covariateColumns(rule: CellRule, before: readonly Float64Array[], cap: number | null): Float64Array[] {
  const [first, ...rest] = before;
  if (first === undefined) return [];
  if (!mayBeMissing(rule)) return [cutAt(first, cap), ...rest];
  const known = first.map((value) => (Number.isNaN(value) ? 0 : value));
  return [cutAt(known, cap), ...rest, first.map((value) => (Number.isNaN(value) ? 1 : 0))];
}

/** Whether a unit without events has no value. */
export const mayBeMissing = (rule: CellRule): boolean =>
  rule.value(Float64Array.from(rule.initial), 0, new Float64Array(0)) === null;

const cutAt = (column: Float64Array, cap: number | null): Float64Array =>
  cap === null ? column : column.map((value) => (value > cap ? cap : value));
