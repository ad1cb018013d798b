import { quantileEffect } from '../../quantiles/quantile-effect.js';
import { quantileEstimate, refuseQuantile } from '../../quantiles/quantile-estimate.js';
import type { QuantileSummary } from '../../quantiles/quantile-summary.js';
import type { VectorAdapter } from '../compare.js';
import { effectFields } from './ratio.js';

interface ArmInput {
  readonly n: number;
  readonly nStar: number;
  readonly nu: number;
  readonly quantile: number;
  readonly lower: number;
  readonly upper: number;
}

interface ClusteredArmInput extends ArmInput {
  readonly nClusters: number;
  readonly sSum: number;
  readonly sSumSquares: number;
  readonly nSum: number;
  readonly nSumSquares: number;
  readonly snSum: number;
}

function readPlain(arm: ArmInput): QuantileSummary {
  const { n, nStar, nu, quantile, lower, upper } = arm;
  return { kind: 'quantile', n, nStar, nu, quantile, lower, upper, clusters: null };
}

function readClustered(arm: ClusteredArmInput): QuantileSummary {
  return {
    ...readPlain(arm),
    clusters: {
      count: arm.nClusters,
      belowSum: arm.sSum,
      belowSquares: arm.sSumSquares,
      sizeSum: arm.nSum,
      sizeSquares: arm.nSumSquares,
      product: arm.snSum,
    },
  };
}

function effects(control: QuantileSummary, treatment: QuantileSummary, alpha: number): unknown {
  const absolute = quantileEffect(control, treatment, 'absolute', alpha);
  const controlArm = quantileEstimate(control);
  const treatmentArm = quantileEstimate(treatment);
  if (!controlArm.ok) return { error: controlArm.refusal.code };
  if (!treatmentArm.ok) return { error: treatmentArm.refusal.code };
  if (!absolute.ok) return { error: absolute.refusal.code };
  return {
    varianceC: controlArm.value.variance,
    varianceT: treatmentArm.value.variance,
    seC: Math.sqrt(controlArm.value.variance / controlArm.value.n),
    absolute: effectFields(absolute),
    relative: effectFields(quantileEffect(control, treatment, 'relative', alpha)),
  };
}

export const adapter: VectorAdapter = {
  quantileEffect: (input: { control: ArmInput; treatment: ArmInput; alpha: number }) =>
    effects(readPlain(input.control), readPlain(input.treatment), input.alpha),
  quantileClusteredEffect: (input: { control: ClusteredArmInput; treatment: ClusteredArmInput; alpha: number }) =>
    effects(readClustered(input.control), readClustered(input.treatment), input.alpha),
  quantileUsable: (input: ArmInput) => ({ usable: refuseQuantile(readPlain(input)) === null }),
};
