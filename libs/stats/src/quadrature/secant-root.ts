const FLAT = 1e-9;

/**
 * Root of a smooth, nearly linear function by the secant method. Callers bend their function towards a line first (a
 * normal quantile of a probability, a logarithm of a sample size), which makes four or five evaluations enough for all
 * digits.
 *
 * @param slope - a guess of the function's slope, for the first step.
 * @returns the root, or `NaN` when 60 steps do not bring one or the function leaves the finite numbers.
 */
export function secantRoot(f: (x: number) => number, start: number, slope = 1, relativeTolerance = 1e-13): number {
  let x = start;
  let value = f(x);
  let rate = slope;
  for (let step = 0; step < 60; step++) {
    if (value === 0) return x;
    const next = x - value / rate;
    if (!Number.isFinite(next)) return NaN;
    if (Math.abs(next - x) <= relativeTolerance * Math.abs(next)) return next;
    const nextValue = f(next);
    const nextRate = (nextValue - value) / (next - x);
    // Two values that agree to the last digit: either the root is found as well as it can be, or `f` is flat here.
    if (nextRate === 0) return Math.abs(next - x) <= FLAT * Math.abs(next) ? next : NaN;
    rate = nextRate;
    x = next;
    value = nextValue;
  }
  return NaN;
}
