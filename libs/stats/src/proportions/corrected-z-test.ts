import { normalQuantile } from '../distributions/normal.js';
import type { Alternative, Interval } from '../effect/effect-result.js';
import { tailProbability } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import {
  pooledStandardError,
  refuseCounts,
  twoProportions,
  waldStandardError,
  type TwoProportions,
} from './two-proportions.js';

/** How tea-tasting's z test of proportions is run. */
export interface CorrectedZOptions {
  readonly alpha: number;
  readonly alternative?: Alternative;
  /** Take half a unit of each arm off the distance, and add it to the intervals. Default true. */
  readonly continuityCorrection?: boolean;
  /** Standard error under equal rates, for the test and both intervals. Default true. */
  readonly pooled?: boolean;
}

/** A p-value with an absolute and a relative interval; `relativeCi` is `null` without conversions in both arms. */
export interface CorrectedZTest {
  readonly pValue: number;
  readonly absoluteCi: Interval;
  readonly relativeCi: Interval | null;
}

/**
 * z test of two proportions with continuity correction `c = (1/nC + 1/nT)/2`, as tea-tasting runs it: `c` comes off the
 * distance (not below 0) and widens the intervals; the relative interval is on the log scale with `c/pC`, its standard
 * error `se/p` pooled or `sqrt((1-pC)/xC + (1-pT)/xT)`. The absolute interval is clipped to [-1, 1].
 *
 * Refuses ZERO_VARIANCE when the standard error is 0, and impossible counts.
 */
export function correctedZTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  options: CorrectedZOptions,
): Outcome<CorrectedZTest> {
  const { alpha, alternative = 'two-sided', continuityCorrection = true, pooled = true } = options;
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const pair = twoProportions(control, treatment);
  const standardError = pooled ? pooledStandardError(pair) : waldStandardError(pair);
  if (standardError === 0) return refused('ZERO_VARIANCE', 'the arms leave no variance to test with');
  const correction = continuityCorrection ? (1 / control.n + 1 / treatment.n) / 2 : 0;
  const distance = Math.sign(pair.difference) * Math.max(0, Math.abs(pair.difference) - correction);
  const z = -normalQuantile(alternative === 'two-sided' ? alpha / 2 : alpha);
  const halfWidth = z * standardError + correction;
  return computed({
    pValue: tailProbability(
      correctedDistance(pair.difference, distance, alternative) / standardError,
      null,
      alternative,
    ),
    absoluteCi: [
      alternative === 'less' ? -1 : Math.max(-1, pair.difference - halfWidth),
      alternative === 'greater' ? 1 : Math.min(1, pair.difference + halfWidth),
    ],
    relativeCi: relativeInterval(pair, z * logError(pair, pooled), correction, alternative),
  });
}

/** A one-sided test corrects only a difference in its own direction. */
function correctedDistance(difference: number, corrected: number, alternative: Alternative): number {
  if (alternative === 'two-sided') return corrected;
  return (alternative === 'greater') === difference > 0 ? corrected : difference;
}

function logError(pair: TwoProportions, pooled: boolean): number {
  if (pooled) return pooledStandardError(pair) / pair.pooledRate;
  const { control, treatment, controlRate, treatmentRate } = pair;
  return Math.sqrt((1 - controlRate) / control.successes + (1 - treatmentRate) / treatment.successes);
}

function relativeInterval(
  pair: TwoProportions,
  logHalfWidth: number,
  correction: number,
  alternative: Alternative,
): Interval | null {
  if (pair.control.successes === 0 || pair.treatment.successes === 0) return null;
  const ratio = pair.treatmentRate / pair.controlRate;
  const factor = Math.exp(logHalfWidth + correction / pair.controlRate);
  return [alternative === 'less' ? -1 : ratio / factor - 1, alternative === 'greater' ? Infinity : ratio * factor - 1];
}
