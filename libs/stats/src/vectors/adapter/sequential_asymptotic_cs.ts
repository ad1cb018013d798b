import type { ArmEstimate } from '../../effect/arm-estimate.js';
import type { Alternative } from '../../effect/effect-result.js';
import { effect } from '../../effect/effect.js';
import {
  asymptoticConfidenceSequence,
  type AsymptoticLook,
  type AsymptoticPlan,
} from '../../sequential/asymptotic-confidence-sequence.js';
import { asymptoticStream } from '../../sequential/asymptotic-stream.js';
import { bisectedOneSidedP } from '../../sequential/bisected-one-sided-p.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';
import { readArm } from './relative_lift.js';

type ArmInput = Parameters<typeof readArm>[0];

interface SequenceInput {
  estimate: number;
  se: number;
  n: number;
  tuningParameter: number;
  alpha: number;
}

interface EffectInput {
  control: ArmInput;
  treatment: ArmInput;
  differenceType: 'absolute' | 'relative';
  alternative: Alternative;
  alpha: number;
  tuningParameter: number;
}

interface StreamInput {
  looks: { control: ArmEstimate; treatment: ArmEstimate }[];
  tuningParameter: number;
  alpha: number;
  differenceType: 'absolute' | 'relative';
}

/** gbstats looks for one-sided p-values between these ends only. */
const clipped = (p: number): number => Math.min(0.4999, Math.max(1e-5, p));

function sequence({ estimate, se, n, tuningParameter, alpha }: SequenceInput): unknown {
  const look: AsymptoticLook = { estimate, standardError: se, n };
  const plan: AsymptoticPlan = { alpha, tuningParameter };
  return answer(asymptoticConfidenceSequence(look, plan), (twoSided) => ({
    ...twoSided,
    oneSided: answer(asymptoticConfidenceSequence(look, { ...plan, alternative: 'greater' }), (greater) =>
      answer(asymptoticConfidenceSequence(look, { ...plan, alternative: 'less' }), (less) => {
        return {
          rho: greater.rho,
          halfwidth: greater.halfwidth,
          ciGreater: greater.ci,
          ciLess: less.ci,
          pInFavouredDirection: 1 / Math.max(greater.eValue, less.eValue), // before it is capped at 1
          pClipped: clipped(Math.min(greater.pValue, less.pValue)),
        };
      }),
    ),
  }));
}

function sequentialEffect(input: EffectInput): unknown {
  const { differenceType, alternative, alpha, tuningParameter } = input;
  const control = readArm(input.control);
  const treatment = readArm(input.treatment);
  const n = control.n + treatment.n;
  return answer(effect({ control, treatment, differenceType, alpha }), ({ estimate, standardError }) => {
    const look = { estimate, standardError, n };
    const plan = { alpha, tuningParameter };
    return answer(asymptoticConfidenceSequence(look, { ...plan, alternative }), ({ ci, pValue }) => ({
      pointEstimate: estimate,
      se: standardError,
      ci,
      // The set's one-sided p-values come from gbstats' bisection, which stops short of the exact one.
      pValue:
        alternative === 'two-sided' ? pValue : answer(bisectedOneSidedP(look, { ...plan, alternative }), (p) => p),
    }));
  });
}

function stream({ looks, tuningParameter, alpha, differenceType }: StreamInput): unknown {
  const estimates: AsymptoticLook[] = [];
  for (const { control, treatment } of looks) {
    const outcome = effect({ control, treatment, differenceType, alpha });
    if (!outcome.ok) return { error: outcome.refusal.code };
    const { estimate, standardError } = outcome.value;
    estimates.push({ estimate, standardError, n: control.n + treatment.n });
  }
  return answer(asymptoticStream(estimates, { alpha, tuningParameter }), (views) => ({
    looks: views.map(({ look, running }) => ({ pValue: look.pValue, runningMinP: running.pValue, ci: look.ci })),
  }));
}

export const adapter: VectorAdapter = {
  asymptoticCS: sequence,
  sequentialEffect,
  asymptoticCSStream: stream,
};
