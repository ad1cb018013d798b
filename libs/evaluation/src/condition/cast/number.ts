/** Written so that no text makes it backtrack: after the digits of the first alternative there is one way to go on. */
const NUMERIC = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i;

/** A number, or the number a decimal text stands for. Booleans, "" and "1,5" are not numbers. */
export function castNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMERIC.test(value) ? Number(value) : undefined;
}
