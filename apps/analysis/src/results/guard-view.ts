import type { AnalysisPlan, GuardResult, Metric, Refusal } from '@assay/contracts';
import {
  asymptoticConfidenceSequence,
  guardrailHarm,
  nonInferiority,
  type GuardrailHarm,
  type NonInferiority,
  type Outcome,
} from '@assay/stats';
import { groupSequentialMethod } from '../looks/look-schedule.js';
import type { LookTaken } from '../looks/look-taken.js';
import type { ArmPair } from './adjusted-comparison.js';
import { decidingView } from './deciding-view.js';
import { guardAtLooks } from './guard-at-looks.js';
import { plannedUnitsOf } from './sequential-input.js';

export interface GuardInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly pair: ArmPair;
  /** Units of both arms. */
  readonly units: number;
  /** What a group-sequential plan has looked at; null for a part of the data. */
  readonly looks: readonly LookTaken[] | null;
  /** Why the arms cannot be compared. */
  readonly refusal: Refusal | null;
}

const NO_EFFECT: Refusal = { code: 'NO_UNITS', message: 'There is no effect yet.' };

type Guarded = Outcome<GuardrailHarm | NonInferiority>;

/**
 * Whether a guardrail is harmed, and whether a margin, if the metric has one, is kept: one-sided at the plan's level, and valid as
 * often as the view that decides. Null for metrics that guard nothing.
 */
export function guardView(input: GuardInput): GuardResult | null {
  const { analysis, metric, pair, looks } = input;
  const { nonInferiorityMargin: margin, role, lowerIsBetter } = metric;
  if (role !== 'guardrail' && margin === null) return null;
  const isSequential = decidingView(analysis) === 'sequential';
  if (isSequential && groupSequentialMethod(analysis) !== null) return guardAtLooks(analysis, metric, looks);
  const method = isSequential ? analysis.sequential : 'none';
  const { control, treatment } = pair;
  if (control.estimate === null || treatment.estimate === null) {
    return unknownGuard(margin, method, input.refusal ?? NO_EFFECT);
  }
  const preferredDirection = lowerIsBetter ? 'decrease' : 'increase';
  const { alpha } = analysis;
  const arms = [control.estimate, treatment.estimate] as const;
  const harm = pValueOf(guardrailHarm(...arms, preferredDirection, alpha), input, isSequential, lowerIsBetter);
  const kept =
    margin === null
      ? null
      : pValueOf(nonInferiority(...arms, { margin, preferredDirection, alpha }), input, isSequential, !lowerIsBetter);
  return {
    margin,
    nonInferior: kept?.ok === true ? kept.value < alpha : null,
    nonInferiorityPValue: kept?.ok === true ? kept.value : null,
    harmed: harm.ok ? harm.value < alpha : null,
    harmPValue: harm.ok ? harm.value : null,
    method,
    refusal: harm.ok ? (kept?.ok === false ? kept.refusal : null) : harm.refusal,
  };
}

/**
 * One-sided p-value of a difference against what it must exceed; where the plan may be looked at all the time that of a confidence
 * sequence, tightest at the planned units.
 *
 * @param towardsMore the side that is tested for
 */
function pValueOf(
  test: Guarded,
  { analysis, metric, units }: GuardInput,
  isSequential: boolean,
  towardsMore: boolean,
): Outcome<number> {
  if (!test.ok) return test;
  if (!isSequential) return { ok: true, value: test.value.pValue };
  const { difference, standardError } = test.value;
  const nullValue = 'nullValue' in test.value ? test.value.nullValue : 0;
  const sequence = asymptoticConfidenceSequence(
    { estimate: difference - nullValue, standardError, n: units },
    {
      alpha: analysis.alpha,
      tuningParameter: plannedUnitsOf(analysis, metric),
      alternative: towardsMore ? 'greater' : 'less',
    },
  );
  return sequence.ok ? { ok: true, value: sequence.value.pValue } : sequence;
}

const unknownGuard = (margin: number | null, method: GuardResult['method'], refusal: Refusal): GuardResult => ({
  margin,
  nonInferior: null,
  nonInferiorityPValue: null,
  harmed: null,
  harmPValue: null,
  method,
  refusal,
});
