import type { FieldError } from '@assay/contracts';

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const wrong = (path: string, message: string): FieldError[] => [{ path, message }];

/** `targetingRules[0]` and `when` -> `targetingRules[0].when`. */
export const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
