import { normalQuantile } from './normal.js';
import {
  STUDENT_T_IS_NORMAL_FROM,
  studentTLogPdf,
  studentTLogTailConstant,
  studentTPdf,
  studentTTails,
} from './student-t-tails.js';

const CONVERGED = 1e-15;
/** A cubic step smaller than this leaves an error below the last digit. */
const CUBIC_CONVERGED = 2e-6;
const BACK_FROM_UNDERFLOW = 0.1;

/**
 * The value below which Student's t with `df > 0` degrees of freedom falls with probability `p`. The expansion of Fisher
 * & Cornish (1960) where it is good, the power law of the far tail elsewhere, made exact by Halley's or Newton's steps on
 * the tail probability itself.
 *
 * @returns `NaN` for `p` outside of [0, 1] or `df <= 0`; infinities at 0 and 1 and where the value exceeds a double.
 */
export function studentTQuantile(p: number, df: number): number {
  if (!(df > 0) || !(p >= 0 && p <= 1)) return NaN;
  if (df >= STUDENT_T_IS_NORMAL_FROM) return normalQuantile(p);
  if (p === 0.5) return 0;
  const magnitude = p < 0.5 ? upperQuantile(p, 0.5 - p, df) : upperQuantile(1 - p, p - 0.5, df);
  return p < 0.5 ? -magnitude : magnitude;
}

/** `x > 0` with `P(T > x) = tail` and `P(0 < T <= x) = middle`. */
function upperQuantile(tail: number, middle: number, df: number): number {
  if (tail === 0) return Infinity;
  const z = -normalQuantile(tail);
  const expansionHolds = df > 3 && z * z < df;
  if (expansionHolds) return polishCubic(cornishFisher(z, df), tail, middle, df);
  return middle < 0.25 ? polishCubic(middle / studentTPdf(0, df), tail, middle, df) : polishLog(tail, df);
}

function cornishFisher(z: number, df: number): number {
  const s = z * z;
  const first = (s + 1) / 4;
  const second = ((5 * s + 16) * s + 3) / 96;
  const third = (((3 * s + 19) * s + 17) * s - 15) / 384;
  return z * (1 + (first + (second + third / df) / df) / df);
}

/** Halley's method; the excess is taken on the smaller of tail and middle, where it has full relative precision. */
function polishCubic(start: number, tail: number, middle: number, df: number): number {
  let x = start;
  for (let i = 0; i < 60; i++) {
    const tails = studentTTails(x, df);
    const excess = middle < 0.25 ? middle - tails.upper / 2 : tails.lower / 2 - tail;
    const newton = excess / studentTPdf(x, df);
    const step = newton * (1 + (newton * (df + 1) * x) / (2 * (df + x * x)));
    x = Math.max(x + step, x / 10);
    if (Math.abs(step) <= CUBIC_CONVERGED * x) return x;
  }
  return x;
}

/**
 * Newton's method on `ln P` as a function of `ln x`. That curve is concave and lies below the power law of the far tail,
 * so starting where the power law meets the target descends without overshooting.
 */
function polishLog(tail: number, df: number): number {
  const logTail = Math.log(tail);
  let logX = (studentTLogTailConstant(df) - logTail) / df;
  for (let i = 0; i < 200; i++) {
    const x = Math.exp(logX);
    if (x === Infinity) return Infinity;
    const probability = studentTTails(x, df).lower / 2;
    const logProbability = Math.log(probability);
    const slope = Math.exp(logX + studentTLogPdf(x, df) - logProbability);
    const step = probability === 0 ? -BACK_FROM_UNDERFLOW : (logProbability - logTail) / slope;
    logX += step;
    if (Math.abs(step) <= CONVERGED * Math.max(1, Math.abs(logX))) break;
  }
  return Math.exp(logX);
}
