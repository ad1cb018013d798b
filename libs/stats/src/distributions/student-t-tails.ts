import { incompleteBeta, type Tails } from './incomplete-beta.js';
import { stirlingError } from './log-gamma.js';
import { normalPdf, normalTwoSidedP } from './normal.js';

/** From this many degrees of freedom on, t and normal agree to the last digits of a double. */
export const STUDENT_T_IS_NORMAL_FROM = 1e17;

/** Density of Student's t with `df > 0` (fractional, as Welch gives them). */
export function studentTPdf(x: number, df: number): number {
  if (df >= STUDENT_T_IS_NORMAL_FROM) return normalPdf(x);
  return Math.exp(studentTLogPdf(x, df));
}

/** Logarithm of the density; finite where the density underflows. */
export function studentTLogPdf(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  const ratio = (x * x) / df;
  const log = ratio === Infinity ? 2 * Math.log(Math.abs(x)) - Math.log(df) : Math.log1p(ratio);
  return logPeak(df) - ((df + 1) / 2) * log;
}

/**
 * `lower = P(|T| > |x|) = I_{df/(df+x²)}(df/2, 1/2)` and `upper = P(|T| <= |x|)`, each accurate where it is small. The
 * beta's distance from its mean is `df (x² - 1) / (2 (df + x²))` exactly, whatever the size of `df`.
 */
export function studentTTails(x: number, df: number): Tails {
  const square = x * x;
  if (square === 0) return { lower: 1, upper: 0 };
  if (df >= STUDENT_T_IS_NORMAL_FROM) return { lower: normalTwoSidedP(x), upper: 1 - normalTwoSidedP(x) };
  const total = df + square;
  if (total === Infinity) return { lower: farTail(Math.abs(x), df), upper: 1 };
  return incompleteBeta(df / total, square / total, df / 2, 0.5, (df * ((square - 1) / total)) / 2);
}

/** `ln t(0) = ln Γ((df+1)/2) - ln Γ(df/2) - ln(π df)/2`, with the large terms cancelled by hand. */
function logPeak(df: number): number {
  const half = df / 2;
  const ratio = stirlingError(half + 0.5) - stirlingError(half) + half * Math.log1p(0.5 / half) - 0.5;
  return ratio - 0.5 * Math.log(2 * Math.PI);
}

/** `ln C` of the far tail `P(T > x) → C x^-df`, with `C = t(0) df^((df-1)/2)`. */
export function studentTLogTailConstant(df: number): number {
  return logPeak(df) + ((df - 1) / 2) * Math.log(df);
}

/** Both tails beyond `x` where `x²` overflows. */
function farTail(x: number, df: number): number {
  return x === Infinity ? 0 : Math.exp(Math.LN2 + studentTLogTailConstant(df) - df * Math.log(x));
}
