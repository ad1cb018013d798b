import { AppError, type SampleSizeAnswer, type SampleSizeRequest } from '@assay/contracts';
import { meanSampleSize, meanSampleSizeT, proportionSampleSize, relativeSampleSize, type Outcome } from '@assay/stats';
import { sampleDesign, treatedRate, type SampleDesign } from './sample-design.js';

interface Sized {
  readonly units: number;
  readonly method: string;
}

/** Units that each variant needs to show an effect. @throws AppError naming the field that cannot be planned with */
export function sampleSizeOf(request: SampleSizeRequest): SampleSizeAnswer {
  const { effect, variants } = request;
  if (effect === 0) throw AppError.field('effect', 'must not be 0');
  const design = sampleDesign(request);
  const { units, method } = unitsFor(design, effect);
  const unitsPerVariant = Math.ceil(units);
  return {
    unitsPerVariant,
    totalUnits: unitsPerVariant * variants,
    absoluteEffect: effect * Math.abs(design.baseline),
    alpha: request.alpha / request.comparisons,
    method,
  };
}

/** Not rounded. */
export function unitsFor(design: SampleDesign, effect: number): Sized {
  const { kind, baseline, variance, residual, alpha, power, sequentialUnits } = design;
  const difference = effect * Math.abs(baseline);
  if (sequentialUnits !== null) {
    const sequential = { mean: baseline, variance, alpha, sequentialTuning: sequentialUnits };
    return sized('confidence-sequence', relativeSampleSize(sequential, effect, power));
  }
  if (kind === 'proportion') {
    const [p1, p2] = [baseline, treatedRate(baseline, effect)];
    if (residual === 1) {
      const sizes = proportionSampleSize({ p1, p2, alpha, power });
      return sized('two-proportion-z', sizes.ok ? { ok: true, value: sizes.value.pooled } : sizes);
    }
    const varianceTreatment = p2 * (1 - p2) * residual;
    return sized('cuped-z', meanSampleSize({ difference, varianceControl: variance, varianceTreatment, alpha, power }));
  }
  const means = { difference, varianceControl: variance, alpha, power };
  return kind === 'mean' ? sized('welch-t', meanSampleSizeT(means)) : sized('ratio-z', meanSampleSize(means));
}

function sized(method: string, outcome: Outcome<number>): Sized {
  if (outcome.ok) return { method, units: Math.max(2, outcome.value) };
  // Three units show an effect that is many standard deviations: two in each arm are the least a variance needs.
  if (outcome.refusal.code === 'NOT_CONVERGED') return { method, units: 2 };
  throw AppError.field('effect', outcome.refusal.message);
}
