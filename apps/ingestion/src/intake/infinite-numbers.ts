/**
 * Where the first number is that JSON cannot hold (a parser makes an infinite one of `1e999`); undefined when there is none.
 *
 * @param path of the value itself
 */
export function infiniteNumberIn(value: unknown, path: string): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [name, part] of Object.entries(value)) {
    const found = infiniteNumberIn(part, isList ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same event with such numbers as text: on record they must not become null, with which the event might be taken. */
export function withInfiniteAsText(raw: unknown): unknown {
  if (infiniteNumberIn(raw, '') === undefined) return raw;
  return JSON.parse(
    JSON.stringify(raw, (_name, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  );
}
