const HALF_LOG_TWO_PI = 0.9189385332046728;
const SERIES_FROM = 12;
const STIRLING_ERROR_OF_HALF = 0.15342640972002736;

/**
 * Natural logarithm of the gamma function for `x > 0`, to about 1e-15 relative (absolute near its zeros at 1 and 2).
 * Stirling's series above 12, the recurrence `Γ(x + 1) = xΓ(x)` below (Abramowitz & Stegun 6.1.41, 6.1.15).
 *
 * @returns `NaN` for `x < 0` or `NaN`, `Infinity` for 0 and `Infinity`.
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0 || x === Infinity) return Infinity;
  if (x === 1 || x === 2) return 0;
  let shifted = x;
  let product = 1;
  while (shifted < SERIES_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingError(shifted);
  return stirling - Math.log(product);
}

/**
 * `ln Γ(x) - [(x - 1/2) ln x - x + ln(2π)/2]`, the part of Stirling's formula that goes to 0. Keeping it apart lets the
 * binomial and beta densities cancel their large terms exactly (Loader 2000, "Fast and accurate computation of binomial
 * probabilities").
 */
export function stirlingError(x: number): number {
  if (x === 0.5) return STIRLING_ERROR_OF_HALF;
  if (x < SERIES_FROM) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
  const inverse = 1 / x;
  const square = inverse * inverse;
  const tail = 1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square / 156)));
  return inverse * (1 / 12 - square * (1 / 360 - square * tail));
}
