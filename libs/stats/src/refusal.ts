/** Why a number is not given. Codes are stable; messages are for people and may change. */
export const REFUSAL_CODES = [
  'INVALID_INPUT',
  'NO_UNITS',
  'TOO_FEW_UNITS',
  'TOO_MANY_UNITS',
  'MORE_SUCCESSES_THAN_UNITS',
  'ZERO_VARIANCE',
  'ZERO_BASELINE',
  'ZERO_DENOMINATOR',
  'ZERO_WEIGHT',
  'NOT_ENOUGH_TRAFFIC',
  'UNBOUNDED_INTERVAL',
  'QUANTILE_UNRELIABLE',
  'COLLINEAR_COVARIATES',
  'STRATA_UNUSABLE',
  'ALPHA_OUT_OF_RANGE',
  'PLAN_INVALID',
  'NOT_CONVERGED',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * What a method answers instead of a number it cannot stand behind. Statistics never throw on data and never put a 0
 * where a value is undefined: they return one of these.
 */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** A frozen {@link Refusal}. */
export function refuse(code: RefusalCode, message: string): Refusal {
  return Object.freeze({ code, message });
}

/** A computed value, or the refusal that stands in its place. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Wraps a computed value. */
export function computed<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Wraps a refusal. */
export function refused(code: RefusalCode, message: string): Outcome<never> {
  return { ok: false, refusal: refuse(code, message) };
}

/**
 * Wraps a computed value, or refuses it as INVALID_INPUT when a number in it is not one: the input then lay so near an end of
 * the doubles that something on the way left them.
 */
export function computedNumbers<T>(value: T): Outcome<T> {
  return holdsNaN(value)
    ? refused('INVALID_INPUT', 'the values are too large or too small to compute with')
    : computed(value);
}

function holdsNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNaN);
}
