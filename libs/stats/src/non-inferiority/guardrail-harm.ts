import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Interval } from '../effect/effect-result.js';
import { computed, type Outcome } from '../refusal.js';
import { nonInferiority } from './non-inferiority.js';

export interface GuardrailHarm {
  /** Treatment minus control, in the metric's unit. */
  readonly difference: number;
  readonly standardError: number;
  readonly statistic: number;
  /** One-sided p-value of "no harm". */
  readonly pValue: number;
  /** One-sided interval at `1 - alpha` that reaches towards harm without end. */
  readonly ci: Interval;
  readonly harmed: boolean;
}

/**
 * One-sided test of harm for a guardrail without a margin: does the metric move against its preferred direction?
 * Harm in a metric that should increase is a decrease, so it is superiority the other way round, with margin 0.
 *
 * @returns refusals as of {@link nonInferiority}.
 */
export function guardrailHarm(
  control: ArmEstimate,
  treatment: ArmEstimate,
  preferredDirection: 'increase' | 'decrease',
  alpha: number,
): Outcome<GuardrailHarm> {
  const harmful = preferredDirection === 'increase' ? 'decrease' : 'increase';
  const test = nonInferiority(control, treatment, { margin: 0, preferredDirection: harmful, alpha });
  if (!test.ok) return test;
  const { difference, standardError, statistic, pValue, ci, nonInferior } = test.value;
  return computed({ difference, standardError, statistic, pValue, ci, harmed: nonInferior });
}
