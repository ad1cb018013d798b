import { incompleteGamma } from './incomplete-gamma.js';
import { stirlingError } from './log-gamma.js';
import { normalCdf, normalLogCdf, normalPdf } from './normal.js';
import { STUDENT_T_IS_NORMAL_FROM } from './student-t-tails.js';

/** Steps per width of the narrower of the two factors. */
const FINENESS = 12;
/** More steps than this are not taken where the other factor can be integrated over instead. */
const MOST_STEPS = 1024;
/** `e` to it, times any length of the integral, is 0 in a double. */
const LOG_NOTHING = -760;
/** Φ has no more to give beyond. */
const NORMAL_REACH = 10;
const NEGLIGIBLE = 42; // e^-42 of the peak: below the last digit of the sum

/**
 * `P(T <= t)` for the noncentral t with `df > 0` and noncentrality `nc`, needed by the power of a t test.
 *
 * `T = (Z + nc) / S` with `S² ~ χ²(df)/df`, so `P = ∫ Φ(t s - nc) dF(s)`. In `u = ln s` the integrand is smooth and falls
 * off at both ends, where the trapezoidal rule converges geometrically; every term is positive, so nothing cancels in
 * either tail (unlike the series of Lenth 1989, AS 243).
 */
export function noncentralTCdf(t: number, df: number, nc: number): number {
  if (!(df > 0) || Number.isNaN(t) || Number.isNaN(nc)) return NaN;
  return integrate(t, df, nc);
}

/** `P(T > t)`, integrated from the upper tail itself. */
export function noncentralTSurvival(t: number, df: number, nc: number): number {
  if (!(df > 0) || Number.isNaN(t) || Number.isNaN(nc)) return NaN;
  return integrate(-t, df, -nc);
}

/** `∫ Φ(slope s - shift) dF(s)`. */
function integrate(slope: number, df: number, shift: number): number {
  // So many degrees of freedom leave nothing to chance but Φ.
  if (df >= STUDENT_T_IS_NORMAL_FROM || slope === 0) return normalCdf(slope - shift);
  const half = df / 2;
  // Density of u: 2 (half e^2u)^half e^(-half e^2u) / Γ(half), with Stirling's large terms already cancelled.
  const logConstant = Math.LN2 + 0.5 * Math.log(half / (2 * Math.PI)) - stirlingError(half);
  const logTerm = (u: number): number => normalLogCdf(slope * Math.exp(u) - shift) - half * expm1Less(2 * u);
  const width = 1 / Math.sqrt(2 * df);
  const peak = findPeak(logTerm, slope > shift ? 0 : farPeak(slope, df, shift), width);
  const top = logTerm(peak);
  if (top + logConstant < LOG_NOTHING) return 0;
  const low = findEdge(logTerm, peak, top - NEGLIGIBLE, -width);
  const high = findEdge(logTerm, peak, top - NEGLIGIBLE, width);
  const points = Math.ceil(((high - low) * FINENESS) / Math.min(width, 1 / Math.max(1, Math.abs(shift))));
  // Far away `Φ` is a cliff in `u`, which takes steps as fine as the noncentrality is large. What lies in its own far tail
  // stays: the other order would not reach there.
  const isCliff = points > MOST_STEPS && Math.abs(shift) > NORMAL_REACH;
  if (isCliff && slope * Math.exp(peak) - shift > -NORMAL_REACH / 2) return integrateNormal(slope, half, shift);
  const step = (high - low) / points;
  let sum = 0;
  for (let i = 0; i <= points; i++) sum += Math.exp(logTerm(low + i * step) - top);
  return Math.min(1, Math.exp(Math.log(sum * step) + top + logConstant));
}

/** The same in the other order, `∫ φ(y) P(slope S > y + shift) dy`: smooth in `y` where `Φ` is a cliff in `u`. */
function integrateNormal(slope: number, half: number, shift: number): number {
  const last = NORMAL_REACH * FINENESS;
  let sum = 0;
  for (let i = -last; i <= last; i++) {
    const y = i / FINENESS;
    const s = (y + shift) / slope;
    const x = s > 0 ? half * s * s : 0;
    const tails = x === 0 ? { lower: 0, upper: 1 } : x === Infinity ? { lower: 1, upper: 0 } : incompleteGamma(half, x);
    sum += normalPdf(y) * (slope > 0 ? tails.upper : tails.lower);
  }
  return Math.min(1, sum / FINENESS);
}

/** `e^x - 1 - x`, also where only its second order is left. */
function expm1Less(x: number): number {
  if (Math.abs(x) > 1e-3) return Math.expm1(x) - x;
  return ((x * x) / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + x / 6))));
}

/**
 * About where the integrand is largest when `Φ` is in its lower tail at `s = 1`, and like `e^(-x²/2)`: the positive root of
 * `(slope² + df) s² - shift slope s - df = 0`, written so that neither squares nor differences lose anything.
 */
function farPeak(slope: number, df: number, shift: number): number {
  const length = Math.hypot(slope, Math.sqrt(df));
  const pull = (shift / length) * (slope / length);
  const own = Math.sqrt(df) / length;
  const root = Math.hypot(pull, 2 * own);
  return Math.log(pull > 0 ? (pull + root) / 2 : own * ((2 * own) / (root - pull)));
}

/** The log-integrand is unimodal: walk uphill with growing, then shrinking steps. */
function findPeak(logTerm: (u: number) => number, start: number, width: number): number {
  let u = start;
  let value = logTerm(u);
  let step = width;
  let turns = 0;
  for (let i = 0; i < 400 && turns < 12; i++) {
    const next = logTerm(u + step);
    if (next > value) {
      u += step;
      value = next;
      step *= 1.6;
    } else {
      step *= -0.4;
      turns += 1;
    }
  }
  return u;
}

function findEdge(logTerm: (u: number) => number, peak: number, floor: number, direction: number): number {
  let reach = direction;
  while (logTerm(peak + reach) > floor && Math.abs(reach) < 1e4) reach *= 1.5;
  return peak + reach;
}
