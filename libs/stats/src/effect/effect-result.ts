/** Lower and upper end; infinite on the open side of a one-sided interval. */
export type Interval = readonly [number, number];

/** Which departures from "no effect" count against it: any, only a higher treatment, only a lower one. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/** An estimated effect with its test against 0 and its confidence interval. */
export interface EffectResult {
  /** In the metric's units for an absolute effect, a fraction (0.02 = +2 %) for a relative one. */
  readonly estimate: number;
  readonly standardError: number;
  /** Of Student's t; `null` when the reference distribution is normal. */
  readonly degreesOfFreedom: number | null;
  /** `estimate / standardError`. */
  readonly statistic: number;
  readonly pValue: number;
  /** At confidence `1 - alpha`. */
  readonly ci: Interval;
}
