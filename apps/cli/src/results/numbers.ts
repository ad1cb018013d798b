/** Numbers as people read them. Nothing that is missing is ever shown as 0: it is a dash. */
const NOTHING = '–';
type Maybe = number | null | undefined;

const finite = (value: Maybe): value is number => typeof value === 'number' && Number.isFinite(value);

export const whole = (value: Maybe): string => (finite(value) ? Math.round(value).toLocaleString('en') : NOTHING);

/** 0.190201 -> `19.020 %` */
export const percent = (value: Maybe, digits = 2): string =>
  finite(value) ? `${(value * 100).toFixed(digits)} %` : NOTHING;

/** With a sign: -0.043 -> `-4.31 %` */
export const signedPercent = (value: Maybe, digits = 2): string =>
  finite(value) ? `${signed(value * 100, digits)} %` : NOTHING;

/** Difference of two rates: -0.0082 -> `-0.82 pp` (percentage points) */
export const points = (value: Maybe, digits = 2): string =>
  finite(value) ? `${signed(value * 100, digits)} pp` : NOTHING;

const signed = (value: number, digits: number): string => `${value > 0 ? '+' : ''}${value.toFixed(digits)}`;

/** Five significant digits, without an exponent where one can do without. */
export function plain(value: Maybe): string {
  if (!finite(value)) return NOTHING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(4);
  return size >= 10_000 ? value.toFixed(0) : String(Number(value.toPrecision(5)));
}

export const signedPlain = (value: Maybe): string => (finite(value) && value > 0 ? `+${plain(value)}` : plain(value));

/** Six decimals from 0.01 up, six significant digits below, however small: 0.074410, 0.00155425, 1.23457e-300. */
export function pValue(value: Maybe): string {
  if (!finite(value)) return NOTHING;
  return value >= 0.01 || value === 0 ? value.toFixed(6) : value.toPrecision(6);
}

export const statistic = (value: Maybe): string => (finite(value) ? value.toFixed(5) : NOTHING);

/** 0.05 -> `95 % interval` */
export const intervalName = (alpha: number): string => `${Number(((1 - alpha) * 100).toPrecision(6))} % interval`;

/** `[low, high]` with one way of writing for both ends. */
export const interval = (ci: readonly [Maybe, Maybe] | null | undefined, write: (value: Maybe) => string): string =>
  ci === null || ci === undefined ? NOTHING : `[${write(ci[0])}, ${write(ci[1])}]`;
