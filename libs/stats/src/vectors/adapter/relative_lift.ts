import { armEstimate, type ArmEstimate } from '../../effect/arm-estimate.js';
import type { Alternative, Interval } from '../../effect/effect-result.js';
import { effect } from '../../effect/effect.js';
import { fiellerInterval } from '../../effect/fieller-interval.js';
import { logRatioInterval } from '../../effect/log-ratio-interval.js';
import { meanFromSums } from '../../summary/mean-summary.js';
import { proportionSummary } from '../../summary/proportion-summary.js';
import type { VectorAdapter } from '../compare.js';

export interface ArmInput {
  readonly type: 'mean' | 'proportion';
  readonly n: number;
  readonly sum: number;
  readonly sumSquares?: number;
}

export interface EffectInput {
  readonly control: ArmInput;
  readonly treatment: ArmInput;
  readonly differenceType: 'absolute' | 'relative';
  readonly alpha: number;
  readonly alternative: Alternative;
}

/** Reads the vectors' arm `{type, n, sum, sumSquares}`. */
export function readArm(arm: ArmInput): ArmEstimate {
  if (arm.type === 'proportion') return armEstimate(proportionSummary(arm.n, arm.sum));
  return armEstimate(meanFromSums(arm.n, arm.sum, arm.sumSquares ?? NaN));
}

/** The vectors state `mT/mC - 1` whatever the sign of the baseline; the library's sign follows the absolute effect. */
function asRatio(control: ArmEstimate, [low, high]: Interval): Interval {
  return control.mean < 0 ? [-high, -low] : [low, high];
}

export const adapter: VectorAdapter = {
  effect: (input: EffectInput) => {
    const outcome = effect({ ...input, control: readArm(input.control), treatment: readArm(input.treatment) });
    if (!outcome.ok) return { error: outcome.refusal.code };
    const { estimate, standardError, degreesOfFreedom, pValue, ci } = outcome.value;
    return { pointEstimate: estimate, se: standardError, df: degreesOfFreedom, pValue, ci };
  },
  liftAlternativeCIs: (input: Pick<EffectInput, 'control' | 'treatment' | 'alpha'>) => {
    const control = readArm(input.control);
    const treatment = readArm(input.treatment);
    const logScale = logRatioInterval(control, treatment, input.alpha);
    const fieller = fiellerInterval(control, treatment, input.alpha);
    return {
      lift: control.mean === 0 ? null : treatment.mean / control.mean - 1,
      logScaleSE: logScale.ok ? logScale.value.logStandardError : null,
      logScaleDf: logScale.ok ? logScale.value.degreesOfFreedom : null,
      logCI_t: logScale.ok ? asRatio(control, logScale.value.ci) : null,
      fiellerCI_z: fieller.ok ? asRatio(control, fieller.value) : null,
    };
  },
};
