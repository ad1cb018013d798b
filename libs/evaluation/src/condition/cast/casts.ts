import type { Cast } from '../../definition.js';
import { jsonType } from '../json.js';
import { castDate } from './date.js';
import { castNumber } from './number.js';
import { castString } from './string.js';
import { castVersion } from './version.js';

/** Makes a value comparable; undefined when it cannot be cast. */
export type CastFunction = (value: unknown) => unknown;

const CASTS: Readonly<Record<Cast, CastFunction>> = {
  string: castString,
  number: castNumber,
  version: castVersion,
  date: castDate,
  size: (value) => (Array.isArray(value) ? value.length : undefined),
  type: jsonType,
};

/** The names of all casts. */
export const CAST_NAMES = Object.keys(CASTS) as readonly Cast[];

/** The cast of that name; an unknown one casts nothing. */
export function castFunction(name: unknown): CastFunction {
  return typeof name === 'string' && Object.hasOwn(CASTS, name) ? CASTS[name as Cast] : () => undefined;
}

/** `size` and `type` say something about the attribute: the other side is what they say, and is left as it is. */
export function describes(name: unknown): boolean {
  return name === 'size' || name === 'type';
}
