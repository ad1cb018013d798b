/**
 * Count, means and centred sums of products of `k` variables observed on the same units: all that the normal-theory
 * methods need. Values add and merge in any order (days, shards, segments) without losing digits to a large offset,
 * because no raw sum of squares is kept. Frozen.
 */
export interface Moments {
  readonly n: number;
  /** One mean per variable. */
  readonly means: readonly number[];
  /** `Σ (x_i - mean_i)(x_j - mean_j)`, upper triangle by rows: (0,0), (0,1) … (k-1,k-1). */
  readonly products: readonly number[];
}

/** Moments of `k` variables before the first unit. */
export function emptyMoments(k: number): Moments {
  return freezeMoments(0, new Array<number>(k).fill(0), new Array<number>((k * (k + 1)) / 2).fill(0));
}

/** Freezes a value built from fresh arrays. */
export function freezeMoments(n: number, means: number[], products: number[]): Moments {
  return Object.freeze({ n, means: Object.freeze(means), products: Object.freeze(products) });
}

/** Mean of variable `i`; `NaN` when there is none. */
export function meanOf(moments: Moments, i = 0): number {
  return moments.n > 0 ? (moments.means[i] ?? NaN) : NaN;
}

/** Sample covariance (divisor n - 1) of variables `i` and `j`; 0 when there are fewer than two units. */
export function covarianceOf(moments: Moments, i: number, j: number): number {
  return moments.n > 1 ? productOf(moments, i, j) / (moments.n - 1) : 0;
}

/** Sample variance (divisor n - 1) of variable `i`; 0 when there are fewer than two units. */
export function varianceOf(moments: Moments, i = 0): number {
  return covarianceOf(moments, i, i);
}

/** The centred sum of products of variables `i` and `j`. */
export function productOf(moments: Moments, i: number, j: number): number {
  const low = Math.min(i, j);
  const k = moments.means.length;
  return moments.products[low * k - (low * (low - 1)) / 2 + Math.max(i, j) - low] ?? NaN;
}
