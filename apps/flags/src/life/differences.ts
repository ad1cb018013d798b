import type { FlagDifference } from '@assay/contracts';
import { isDeepStrictEqual } from 'node:util';

type Json = NonNullable<FlagDifference['from']>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What differs between two JSON values: member by member of objects, element by element of lists of the same length, otherwise
 * as a whole. In the order of the paths.
 */
export function differences(from: unknown, to: unknown, path = ''): FlagDifference[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => differences(from[name], to[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item: unknown, index) => differences(item, to[index], `${path}[${index}]`));
  }
  return [
    {
      path,
      ...(from === undefined ? {} : { from: from as Json }),
      ...(to === undefined ? {} : { to: to as Json }),
    },
  ];
}
