import { putRanks } from './put-ranks.js';
import { sampleQuantile } from './sample-quantile.js';

/** z of the 95 % interval the method is defined with, whatever the level of the test. */
export const QUANTILE_Z = 1.959963984540054;

/** A sample quantile of one arm with the order statistics its variance is read from. */
export interface QuantileSummary {
  readonly kind: 'quantile';
  /** Values: units, or events when events are what is ranked. */
  readonly n: number;
  /** Size the interval levels were computed with; `n` itself, or one of a fixed grid below it. */
  readonly nStar: number;
  /** Level, 0 < nu < 1. */
  readonly nu: number;
  readonly quantile: number;
  /** Sample quantiles at `nu ∓ 1.96 sqrt(nu (1-nu)/nStar)`. */
  readonly lower: number;
  readonly upper: number;
  /** Given when the values are events of randomized units, which are then the clusters. */
  readonly clusters: QuantileClusters | null;
}

/** Sums over the clusters `i` of `S_i` (values at or below the quantile) and `N_i` (values). */
export interface QuantileClusters {
  readonly count: number;
  readonly belowSum: number;
  readonly belowSquares: number;
  readonly sizeSum: number;
  readonly sizeSquares: number;
  readonly product: number;
}

/** The levels of the interval that the variance is read from, within [0, 1]. */
export function intervalLevels(nu: number, nStar: number): readonly [number, number] {
  const spread = QUANTILE_Z * Math.sqrt((nu * (1 - nu)) / nStar);
  return [Math.max(0, nu - spread), Math.min(1, nu + spread)];
}

/** Values that a quantile needs more of, so that its interval does not reach past the last one: `z² nu/(1-nu)`, or mirrored. */
export function neededValues(nu: number): number {
  const odds = nu / (1 - nu);
  return QUANTILE_Z ** 2 * Math.max(odds, 1 / odds);
}

const SMALLEST_SIZE = 100;

/**
 * The largest `100 · 2^k`, k = 0 … 19, below `n`: levels from a fixed grid can be computed by a query before `n` is known
 * (GrowthBook). `n` itself up to 100.
 */
export function gridSize(n: number): number {
  let size = SMALLEST_SIZE;
  for (let k = 0; k < 19 && size * 2 < n; k++) size *= 2;
  return Math.min(size, n);
}

/**
 * The summary of `n` independent values by their order statistics. Where ties leave the interval without width it is widened,
 * by the sizes of {@link gridSize} from the largest down (as GrowthBook), as long as it stays within the values.
 *
 * @param ranked the values, of which those that {@link sampleQuantile} reads at the given levels stand where a sort puts them.
 */
export function quantileFromRanks(
  n: number,
  nu: number,
  ranked: (levels: readonly number[]) => ArrayLike<number>,
): QuantileSummary {
  const whole = summaryAt(n, n, nu, ranked);
  if (!(whole.lower === whole.upper)) return whole;
  for (let nStar = gridSize(n); nStar < n && nStar >= SMALLEST_SIZE && nStar > neededValues(nu); nStar /= 2) {
    const wider = summaryAt(n, nStar, nu, ranked);
    if (wider.upper > wider.lower) return wider;
  }
  return whole;
}

function summaryAt(
  n: number,
  nStar: number,
  nu: number,
  ranked: (levels: readonly number[]) => ArrayLike<number>,
): QuantileSummary {
  const [low, high] = intervalLevels(nu, nStar);
  const values = ranked([nu, low, high]);
  return Object.freeze({
    kind: 'quantile',
    n,
    nStar,
    nu,
    quantile: sampleQuantile(values, nu),
    lower: sampleQuantile(values, low),
    upper: sampleQuantile(values, high),
    clusters: null,
  });
}

/** The summary of a sorted sample of independent values. */
export function quantileFromSorted(sorted: ArrayLike<number>, nu: number): QuantileSummary {
  return quantileFromRanks(sorted.length, nu, () => sorted);
}

/** The same of values in any order, which are left as they are. */
export function quantileFromValues(values: Float64Array, nu: number): QuantileSummary {
  const ranked = values.slice();
  return quantileFromRanks(values.length, nu, (levels) => {
    putRanks(ranked, levels);
    return ranked;
  });
}

/** The summary of event values grouped by randomized unit. */
export function quantileFromClusters(clusters: readonly ArrayLike<number>[], nu: number): QuantileSummary {
  const sizes = clusters.map(({ length }) => length);
  const values = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const cluster of clusters) {
    values.set(cluster, at);
    at += cluster.length;
  }
  return quantileFromEvents(values, sizes, nu);
}

/**
 * The same for events in one array, unit after unit.
 *
 * @param values of the first unit, then of the second, and so on; left as they are.
 * @param sizes how many values each unit has.
 */
export function quantileFromEvents(values: Float64Array, sizes: ArrayLike<number>, nu: number): QuantileSummary {
  const summary = quantileFromValues(values, nu);
  const sums = { count: sizes.length, belowSum: 0, belowSquares: 0, sizeSum: 0, sizeSquares: 0, product: 0 };
  let at = 0;
  for (let unit = 0; unit < sizes.length; unit++) {
    const size = sizes[unit] ?? 0;
    let below = 0;
    for (const end = at + size; at < end; at++) if ((values[at] ?? NaN) <= summary.quantile) below += 1;
    sums.belowSum += below;
    sums.belowSquares += below * below;
    sums.sizeSum += size;
    sums.sizeSquares += size * size;
    sums.product += below * size;
  }
  return Object.freeze({ ...summary, clusters: Object.freeze(sums) });
}
