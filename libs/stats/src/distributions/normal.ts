import normal from '@stdlib/stats-base-dists-normal';

const INVERSE_ROOT_TWO_PI = 0.3989422804014327;

/** Standard normal density. */
export function normalPdf(x: number): number {
  return INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * x * x);
}

/** `P(Z <= x)`; accurate in the lower tail down to the smallest doubles. */
export function normalCdf(x: number): number {
  return normal.cdf(x, 0, 1);
}

/** Below this the probability nears underflow, and the expansion in `1/x²` has all digits. */
const EXPANSION_BELOW = -37;
const LOG_ROOT_TWO_PI = 0.9189385332046727;

/** `ln P(Z <= x)`, also where the probability itself is too small for a double (asymptotic series of Mills' ratio). */
export function normalLogCdf(x: number): number {
  if (!(x < EXPANSION_BELOW)) return Math.log(normalCdf(x));
  const y = 1 / (x * x);
  const series = -y * (1 - 3 * y * (1 - 5 * y * (1 - 7 * y * (1 - 9 * y))));
  return -0.5 * x * x - Math.log(-x) - LOG_ROOT_TWO_PI + Math.log1p(series);
}

/** `P(Z > x)`, computed as the mirrored lower tail, so that it does not become 0 at 8 standard errors. */
export function normalSurvival(x: number): number {
  return normal.cdf(-x, 0, 1);
}

/** `P(|Z| > |z|)`: the two-sided p-value of a z statistic. */
export function normalTwoSidedP(z: number): number {
  return 2 * normal.cdf(-Math.abs(z), 0, 1);
}

/**
 * The value below which a standard normal falls with probability `p`. Rational approximations of Wichura (1988),
 * algorithm AS 241 (PPND16), about 1e-15 relative for every double `p`.
 *
 * @returns `-Infinity` for 0, `Infinity` for 1, `NaN` outside of [0, 1].
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRE_NUMERATOR, r)) / polynomial(CENTRE_DENOMINATOR, r);
  }
  return centred < 0 ? -upperTail(p) : upperTail(1 - p);
}

/** The value above which a standard normal falls with probability `q`; keeps its precision for tiny `q`. */
export function normalSurvivalQuantile(q: number): number {
  return -normalQuantile(q);
}

function upperTail(tail: number): number {
  if (tail === 0) return Infinity;
  const r = Math.sqrt(-Math.log(tail));
  if (r <= 5) return polynomial(MIDDLE_NUMERATOR, r - 1.6) / polynomial(MIDDLE_DENOMINATOR, r - 1.6);
  return polynomial(FAR_NUMERATOR, r - 5) / polynomial(FAR_DENOMINATOR, r - 5);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

// Highest power first.
const CENTRE_NUMERATOR = [
  2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
  1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
];
const CENTRE_DENOMINATOR = [
  5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
  687.1870074920579083, 42.313330701600911252, 1,
];
const MIDDLE_NUMERATOR = [
  7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
  3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
];
const MIDDLE_DENOMINATOR = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
  0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
];
const FAR_NUMERATOR = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
  0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
];
const FAR_DENOMINATOR = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
  0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
];
