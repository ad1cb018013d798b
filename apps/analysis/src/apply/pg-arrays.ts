/**
 * Array literals for `unnest($1::uuid[], …)`. The driver's own conversion looks at every element's type; batches of
 * thousands of rows are ten times faster as one text.
 */
export const plainArray = (values: readonly (string | number | null)[]): string => {
  let text = '{';
  for (const value of values) text += `${text === '{' ? '' : ','}${value ?? 'NULL'}`;
  return text + '}';
};

/** Like `plainArray` for texts with any content. */
export const textArray = (values: readonly (string | null)[]): string => {
  let text = '{';
  for (const value of values) {
    if (text !== '{') text += ',';
    text += value === null ? 'NULL' : quote(value);
  }
  return text + '}';
};

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
  return inner === '' ? new Float64Array(0) : Float64Array.from(inner.split(','), Number);
}
