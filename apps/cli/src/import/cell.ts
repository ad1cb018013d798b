import type { ColumnAggregation } from './metric-spec.js';

/** What a cell says: an event with a value, an event without one, no event, or something unreadable. */
export type Cell =
  | { readonly event: true; readonly value: number | undefined }
  | { readonly event: false }
  | { readonly unreadable: string };

const YES = new Set(['true', 't', 'yes', 'y']);
const NO = new Set(['false', 'f', 'no', 'n', '', 'null', 'na', 'nan', 'none']);
const NONE: Cell = { event: false };
const PLAIN_EVENT: Cell = { event: true, value: undefined };

/**
 * - `exists`: true-like cells and numbers other than 0 are an event; false-like cells, 0 and empty ones are none.
 * - `count`: as exists, and any other text is an event too (an order number, say): rows are counted.
 * - `sum`: a number is an event with that value; 0 and empty are none, since they add nothing.
 * - `average`, `min`, `max`: a number is an event with that value, 0 included; empty is none.
 */
export function readCell(text: string, aggregation: ColumnAggregation): Cell {
  const cell = text.trim();
  const lower = cell.toLowerCase();
  if (NO.has(lower)) return NONE;
  const number = parseNumber(cell);
  switch (aggregation) {
    case 'exists':
      if (YES.has(lower)) return PLAIN_EVENT;
      if (number === undefined) return { unreadable: `'${cell}' is neither true nor false` };
      return number === 0 ? NONE : PLAIN_EVENT;
    case 'count':
      return number === 0 ? NONE : PLAIN_EVENT;
    case 'sum':
      if (number === undefined) return { unreadable: `'${cell}' is not a number` };
      return number === 0 ? NONE : { event: true, value: number };
    default:
      if (number === undefined) return { unreadable: `'${cell}' is not a number` };
      return { event: true, value: number };
  }
}

/** Decimal numbers as programs write them; no hexadecimal, no infinity, no thousands separators. */
export function parseNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Whether a cell could stand in a column of yes and no: what `exists` is assumed for. */
export function isYesNo(text: string): boolean {
  const cell = text.trim().toLowerCase();
  return YES.has(cell) || NO.has(cell) || cell === '0' || cell === '1';
}
