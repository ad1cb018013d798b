/**
 * A number as an unevaluated sum `high + low` of two doubles: about 32 significant digits.
 *
 * Running sums are kept in it so that adding values and taking them away again leaves nothing behind. Source of the
 * error-free transformations: T. J. Dekker, "A floating-point technique for extending the available precision" (1971);
 * D. E. Knuth, TAOCP vol. 2, 4.2.2.
 */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

export const ZERO: DoubleDouble = { high: 0, low: 0 };

/** `a + b` exactly. */
export function twoSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

const SPLITTER = 134_217_729; // 2^27 + 1
/** Above this the split would overflow. */
const SPLIT_LIMIT = 6.69e299;

/** `a * b` exactly, as long as the product neither overflows nor is subnormal. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  if (!Number.isFinite(high) || Math.abs(a) > SPLIT_LIMIT || Math.abs(b) > SPLIT_LIMIT) return { high, low: 0 };
  const aBig = SPLITTER * a;
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = SPLITTER * b;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

function normalised(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return { high: sum, low: low - (sum - high) };
}

/** Sum of two double-doubles; relative error below 2^-104. */
export function addDouble(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = twoSum(a.high, b.high);
  const low = twoSum(a.low, b.low);
  const first = normalised(high.high, high.low + low.high);
  return normalised(first.high, first.low + low.low);
}

export function negate(a: DoubleDouble): DoubleDouble {
  return { high: -a.high, low: -a.low };
}

/** Product of two double-doubles; relative error below 2^-102. */
export function multiplyDouble(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const product = twoProduct(a.high, b.high);
  return normalised(product.high, product.low + a.high * b.low + a.low * b.high);
}

/** Quotient by a plain number; relative error below 2^-100. */
export function divideByNumber(a: DoubleDouble, divisor: number): DoubleDouble {
  const quotient = a.high / divisor;
  const back = twoProduct(quotient, divisor);
  const rest = a.high - back.high - back.low + a.low;
  return normalised(quotient, rest / divisor);
}

/** The nearest double. */
export function toNumber(a: DoubleDouble): number {
  return a.high + a.low;
}
