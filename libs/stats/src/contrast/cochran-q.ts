/** Estimates of what may be one quantity, each with its own standard error. */
export interface WeighedEstimate {
  readonly estimate: number;
  /** Positive. */
  readonly standardError: number;
}

export interface CochranQ {
  /** Inverse-variance mean of the estimates. */
  readonly mean: number;
  readonly standardError: number;
  /** `Σ w (e - ē)²`, chi-square with one degree of freedom less than estimates when they share one mean. */
  readonly q: number;
  /** `Σ w` and `Σ w²`, of the weights `1/se²`. */
  readonly weight: number;
  readonly squaredWeight: number;
}

/**
 * Fixed-effect mean of estimates and Cochran's Q (Cochran 1954), about the first estimate, so that a large common offset costs
 * no digits.
 */
export function cochranQ(estimates: readonly WeighedEstimate[]): CochranQ {
  let weight = 0;
  let squaredWeight = 0;
  let weighted = 0;
  const origin = estimates[0]?.estimate ?? 0;
  for (const { estimate, standardError } of estimates) {
    const w = 1 / (standardError * standardError);
    weight += w;
    squaredWeight += w * w;
    weighted += w * (estimate - origin);
  }
  const shift = weighted / weight;
  let q = 0;
  for (const { estimate, standardError } of estimates) q += ((estimate - origin - shift) / standardError) ** 2;
  return { mean: origin + shift, standardError: 1 / Math.sqrt(weight), q, weight, squaredWeight };
}
