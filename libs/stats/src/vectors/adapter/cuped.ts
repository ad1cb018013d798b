import { cupedEffect } from '../../cuped/cuped-effect.js';
import { cupedEstimate } from '../../cuped/cuped-estimate.js';
import { cupedTheta } from '../../cuped/cuped-theta.js';
import { regressionAdjustment } from '../../cuped/regression-adjustment.js';
import { covariateFromSums, type CovariateSummary, type VariableKind } from '../../summary/covariate-summary.js';
import type { VectorAdapter } from '../compare.js';
import { effectFields } from './ratio.js';

interface ArmInput {
  readonly kind: VariableKind;
  readonly n: number;
  readonly ySum: number;
  readonly ySumSquares: number;
  readonly xSum: number;
  readonly xSumSquares: number;
  readonly xySum: number;
}

interface CupedInput {
  readonly control: ArmInput;
  readonly treatment: ArmInput;
  readonly alpha: number;
}

interface RegressionInput {
  readonly y: number[];
  readonly t: number[];
  readonly x: number[][];
  readonly alpha: number;
}

function read(arm: ArmInput): CovariateSummary {
  return covariateFromSums(
    {
      n: arm.n,
      outcomeSum: arm.ySum,
      outcomeSquares: arm.ySumSquares,
      covariateSum: arm.xSum,
      covariateSquares: arm.xSumSquares,
      product: arm.xySum,
    },
    { outcomeKind: arm.kind, covariateKind: arm.kind },
  );
}

export const adapter: VectorAdapter = {
  cupedEffect: (input: CupedInput) => {
    const control = read(input.control);
    const treatment = read(input.treatment);
    const estimate = cupedEstimate(control, treatment);
    const absolute = cupedEffect(control, treatment, 'absolute', input.alpha);
    if (!estimate.ok) return { error: estimate.refusal.code };
    if (!absolute.ok) return { error: absolute.refusal.code };
    return {
      theta: estimate.value.theta[0],
      absolute: effectFields(absolute),
      relative: effectFields(cupedEffect(control, treatment, 'relative', input.alpha)),
      adjustedMeanC: estimate.value.control.mean,
      adjustedMeanT: estimate.value.treatment.mean,
      varianceReduction: estimate.value.varianceReduction,
    };
  },
  cupedTheta: (input: CupedInput) => {
    const theta = cupedTheta(read(input.control), read(input.treatment));
    return theta.ok ? { theta: theta.value[0] } : { error: theta.refusal.code };
  },
  linRegressionAdjustment: (input: RegressionInput) => {
    const data = { outcomes: input.y, treated: input.t.map((arm) => arm === 1), covariates: input.x };
    const full = regressionAdjustment(data, input.alpha);
    const additive = regressionAdjustment(data, input.alpha, false);
    if (!full.ok) return { error: full.refusal.code };
    return {
      effect: full.value.effect,
      seHC2: full.value.standardErrorHc2,
      seHC3: full.value.standardErrorHc3,
      z: full.value.statistic,
      pValue: full.value.pValue,
      ci: full.value.ci,
      noInteraction: additive.ok
        ? { effect: additive.value.effect, seHC2: additive.value.standardErrorHc2 }
        : { error: additive.refusal.code },
    };
  },
};
