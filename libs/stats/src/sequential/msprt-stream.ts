import type { ArmEstimate } from '../effect/arm-estimate.js';
import { computed, type Outcome } from '../refusal.js';
import { msprt, type Msprt, type MsprtPlan } from './msprt.js';
import { advanceRunningView, NO_LOOKS, type RunningView } from './running-view.js';

/** What the mixtureSPRT package waits for, and what makes a normal approximation of a proportion bearable. */
const BURN_IN_UNITS = 100;

export interface MsprtStreamPlan extends MsprtPlan {
  /** Units every arm needs before a look counts; 100 if absent. */
  readonly burnInUnits?: number;
}

export interface MsprtStreamLook {
  readonly estimate: number;
  /** Variance of the estimate, `vC/nC + vT/nT`. */
  readonly variance: number;
  /** `null` during the burn-in, or while an arm shows no variation. */
  readonly look: Msprt | null;
  readonly running: RunningView;
  /** The running p-value has reached `alpha`; stays so. */
  readonly reject: boolean;
}

/**
 * Two-arm mSPRT over looks, oldest first, each given by the arms' cumulative summaries: `p_k = min(p_{k-1}, 1/Λ_k)`,
 * and intervals intersected. Source: Johari et al. 2017/2022.
 *
 * Looks in the burn-in leave the running view as it was: a guarantee that holds at all looks holds at some of them.
 *
 * @returns refusals of {@link msprt} about the plan or a value that is not finite.
 */
export function msprtStream(
  looks: readonly { readonly control: ArmEstimate; readonly treatment: ArmEstimate }[],
  plan: MsprtStreamPlan,
): Outcome<MsprtStreamLook[]> {
  const burnIn = plan.burnInUnits ?? BURN_IN_UNITS;
  const stream: MsprtStreamLook[] = [];
  let running = NO_LOOKS;
  for (const { control, treatment } of looks) {
    const estimate = treatment.mean - control.mean;
    const variance = control.variance / control.n + treatment.variance / treatment.n;
    const units = Math.min(control.n, treatment.n);
    let look: Msprt | null = null;
    if (units > 0 && units >= burnIn && control.variance > 0 && treatment.variance > 0) {
      const result = msprt(estimate, variance, plan);
      if (!result.ok) return result;
      look = result.value;
      running = advanceRunningView(running, look.pValue, look.ci);
    }
    stream.push({ estimate, variance, look, running, reject: running.pValue <= plan.alpha });
  }
  return computed(stream);
}
