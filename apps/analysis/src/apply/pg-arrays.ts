/**
 * Array literals for `unnest($1::uuid[], …)`. The driver's own conversion looks at every element's type; batches of
 * thousands of rows are ten times faster as one text, and that is put together at once: piece by piece it leaves each of its
 * beginnings to the garbage collector.
 */
export const plainArray = (values: readonly (string | number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join()}}`;

/** Like `plainArray` for texts with any content. */
export const textArray = (values: readonly (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : quote(value))).join()}}`;

const SAFE = /^[A-Za-z0-9_:.@-]+$/;

function quote(value: string): string {
  if (SAFE.test(value) && (value.length !== 4 || value.toUpperCase() !== 'NULL')) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** A `double precision[]` literal; `Infinity` and `-Infinity` are spelled as PostgreSQL does. */
export const doublesLiteral = (values: ArrayLike<number>): string => `{${Array.prototype.join.call(values, ',')}}`;

/** Reads what `doubles::text` gives. */
export function readDoubles(text: string): Float64Array {
  const inner = text.slice(1, -1);
  if (inner === '') return new Float64Array(0);
  const texts = inner.split(',');
  const doubles = new Float64Array(texts.length);
  for (let index = 0; index < texts.length; index += 1) doubles[index] = Number(texts[index]);
  return doubles;
}
