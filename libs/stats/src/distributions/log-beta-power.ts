import { stirlingError } from './log-gamma.js';

const LOG_TWO_PI = 1.8378770664093453;

/**
 * `ln[x^a y^b / B(a, b)]`, `y = 1 - x` given apart by who knows it better, without the cancellation of three large log-gammas: the deviance form of Loader (2000).
 * Wanted by the beta density, the binomial probability and everything that multiplies many of them.
 */
export function logBetaPower(x: number, a: number, b: number, y = 1 - x): number {
  const n = a + b;
  const deviances = devianceTerm(a, n * x) + devianceTerm(b, n * y);
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return errors - deviances + 0.5 * (Math.log(a) + Math.log(b) - Math.log(n) - LOG_TWO_PI);
}

/** `k ln(k/m) + m - k`, the deviance of an observed `k` from its mean `m`, exact when they are close. */
export function devianceTerm(k: number, m: number): number {
  if (k === 0) return m;
  const difference = k - m;
  if (Math.abs(difference) >= 0.1 * (k + m)) return k * Math.log(k / m) - difference;
  const v = difference / (k + m);
  const square = v * v;
  let sum = difference * v;
  let power = 2 * k * v;
  for (let j = 1; j < 1000; j++) {
    power *= square;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}
