/** A normal prior belief about an effect; `null` in its place means a flat (improper) one. */
export interface NormalPrior {
  readonly mean: number;
  readonly variance: number;
}

/**
 * The prior for an absolute effect that a prior for the relative effect implies: mean times `|mC|`, variance times
 * `mC²` (GrowthBook).
 *
 * @param controlMean - baseline mean, in the metric's unit.
 */
export function absolutePrior(relative: NormalPrior, controlMean: number): NormalPrior {
  return { mean: relative.mean * Math.abs(controlMean), variance: relative.variance * controlMean * controlMean };
}
