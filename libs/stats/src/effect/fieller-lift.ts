import type { Alternative, Interval } from './effect-result.js';

/** A difference and the baseline it is to be relative to, with what is known of their errors. */
export interface LiftParts {
  readonly difference: number;
  /** Squared standard errors. */
  readonly differenceVariance: number;
  readonly baseline: number;
  readonly baselineVariance: number;
  /** Of difference and baseline; minus the baseline's variance for two independent arms. */
  readonly covariance: number;
}

/**
 * Fieller's interval (1954) of `difference/|baseline|`: the `L` with
 * `(d - L b)² <= c² (var d - 2 L cov + L² var b)`. It leaves 0 out just when the test of the difference does.
 *
 * @param critical standard errors that an interval of the difference reaches.
 * @returns the whole line when the baseline itself is within its error of 0: any lift is then possible.
 */
export function fiellerLift(parts: LiftParts, critical: number, alternative: Alternative): Interval {
  const { difference, differenceVariance, baseline, baselineVariance, covariance } = parts;
  const size = Math.abs(baseline);
  const square = (critical / size) ** 2;
  const g = square * baselineVariance;
  if (!(g < 1)) return [-Infinity, Infinity];
  const lift = difference / size;
  const middle = lift - square * covariance * Math.sign(baseline);
  const outside = lift ** 2 - square * differenceVariance;
  const spread = Math.sqrt(Math.max(0, middle ** 2 - (1 - g) * outside));
  return [
    alternative === 'less' ? -Infinity : (middle - spread) / (1 - g),
    alternative === 'greater' ? Infinity : (middle + spread) / (1 - g),
  ];
}
