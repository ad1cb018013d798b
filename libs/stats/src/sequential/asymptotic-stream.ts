import { computed, type Outcome } from '../refusal.js';
import {
  asymptoticConfidenceSequence,
  type AsymptoticConfidenceSequence,
  type AsymptoticLook,
  type AsymptoticPlan,
} from './asymptotic-confidence-sequence.js';
import { advanceRunningView, NO_LOOKS, type RunningView } from './running-view.js';

export interface AsymptoticStreamLook {
  readonly look: AsymptoticConfidenceSequence;
  readonly running: RunningView;
}

/**
 * The confidence sequence at each look, oldest first, with the running view after it: the smallest p-value and the
 * intersection of intervals so far. Sources as in {@link asymptoticConfidenceSequence}.
 *
 * @returns the first look's refusal when one cannot be computed.
 */
export function asymptoticStream(
  looks: readonly AsymptoticLook[],
  plan: AsymptoticPlan,
): Outcome<AsymptoticStreamLook[]> {
  const stream: AsymptoticStreamLook[] = [];
  let running = NO_LOOKS;
  for (const moment of looks) {
    const result = asymptoticConfidenceSequence(moment, plan);
    if (!result.ok) return result;
    running = advanceRunningView(running, result.value.pValue, result.value.ci);
    stream.push({ look: result.value, running });
  }
  return computed(stream);
}
