/**
 * Root of a continuous function inside a bracket: bisection that takes the inverse-interpolation step when it is safe
 * (Brent 1973, ch. 4). Deterministic, and never leaves the bracket.
 *
 * @returns `NaN` when `f` has the same sign at both ends.
 */
export function bracketedRoot(f: (x: number) => number, low: number, high: number, absoluteTolerance = 0): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (!(fa < 0 !== fb < 0)) return NaN;
  let c = a;
  let fc = fa;
  let step = b - a;
  let previous = step;
  for (let i = 0; i < 200; i++) {
    if (fb < 0 === fc < 0) {
      [c, fc] = [a, fa];
      step = previous = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const tolerance = 2 * Number.EPSILON * Math.abs(b) + absoluteTolerance / 2;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= tolerance || fb === 0) return b;
    const trial =
      Math.abs(previous) >= tolerance && Math.abs(fa) > Math.abs(fb) ? interpolate(a, fa, b, fb, c, fc) : NaN;
    const safe = Math.min(1.5 * Math.abs(middle) - tolerance / 2, Math.abs(previous) / 2);
    previous = step;
    if (trial * middle > 0 && Math.abs(trial) < safe) step = trial;
    else step = previous = middle;
    [a, fa] = [b, fb];
    b += Math.abs(step) > tolerance ? step : Math.sign(middle) * tolerance;
    fb = f(b);
  }
  return b;
}

/** Step from `b` to the root of the inverse quadratic through three points, or of the line when two coincide. */
function interpolate(a: number, fa: number, b: number, fb: number, c: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return (2 * ((c - b) / 2) * s) / (s - 1);
  const q = fa / fc;
  const r = fb / fc;
  const p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1));
  return p / -((q - 1) * (r - 1) * (s - 1));
}
