import { twoProduct, type DoubleDouble } from '@assay/stats';

/**
 * Sums over the units of an arm: for k quantities per unit the number of units, the k sums and the k(k+1)/2 sums of
 * products, each sum as two doubles (high, low). Layout: `n, S1, S2 …, P11, P12, P22 …`.
 */
export const momentCount = (dimensions: number): number => 1 + 2 * (dimensions + (dimensions * (dimensions + 1)) / 2);

/** Adds (`sign` 1) or takes away (-1) one unit's quantities. Exact up to 2^-104, so that order does not matter. */
export function addUnit(moments: Float64Array, offset: number, values: readonly number[], sign: 1 | -1): void {
  moments[offset] = (moments[offset] ?? 0) + sign;
  let at = offset + 1;
  for (let index = 0; index < values.length; index += 1) at = addPair(moments, at, sign * (values[index] ?? 0), 0);
  for (let row = 0; row < values.length; row += 1) {
    for (let column = row; column < values.length; column += 1) {
      const product = twoProduct(sign * (values[row] ?? 0), values[column] ?? 0);
      at = addPair(moments, at, product.high, product.low);
    }
  }
}

/** Adds whole arms: `into += other`, metric by metric as `dimensions` says. */
export function addMoments(into: Float64Array, other: ArrayLike<number>, dimensions: readonly number[]): void {
  let at = 0;
  for (const k of dimensions) {
    into[at] = (into[at] ?? 0) + (other[at] ?? 0);
    const end = at + momentCount(k);
    at += 1;
    while (at < end) at = addPair(into, at, other[at] ?? 0, other[at + 1] ?? 0);
  }
}

/**
 * `addDouble` and a `twoSum` of what it gives, spelled out: this runs for every moment of every unit a batch changes, and the
 * pairs would be a tenth of what it leaves to the garbage collector.
 */
function addPair(moments: Float64Array, at: number, high: number, low: number): number {
  const heldHigh = moments[at] ?? 0;
  const heldLow = moments[at + 1] ?? 0;
  const sum = heldHigh + high;
  const part = sum - heldHigh;
  const rest = heldHigh - (sum - part) + (high - part);
  const lows = heldLow + low;
  const lowPart = lows - heldLow;
  const lowRest = heldLow - (lows - lowPart) + (low - lowPart);
  const first = sum + (rest + lows);
  const firstLow = rest + lows - (first - sum) + lowRest;
  const second = first + firstLow;
  const secondLow = firstLow - (second - first);
  const third = second + secondLow;
  const thirdPart = third - second;
  moments[at] = third;
  moments[at + 1] = second - (third - thirdPart) + (secondLow - thirdPart);
  return at + 2;
}

/** The sums of one metric, read out of an arm's moments. */
export interface MetricMoments {
  readonly n: number;
  readonly sums: readonly DoubleDouble[];
  /** Row by row of the upper triangle. */
  readonly products: readonly DoubleDouble[];
}

export function readMoments(moments: ArrayLike<number>, offset: number, dimensions: number): MetricMoments {
  const pair = (index: number): DoubleDouble => ({ high: moments[index] ?? 0, low: moments[index + 1] ?? 0 });
  const productsAt = offset + 1 + 2 * dimensions;
  return {
    n: moments[offset] ?? 0,
    sums: Array.from({ length: dimensions }, (_, index) => pair(offset + 1 + 2 * index)),
    products: Array.from({ length: (dimensions * (dimensions + 1)) / 2 }, (_, index) => pair(productsAt + 2 * index)),
  };
}
