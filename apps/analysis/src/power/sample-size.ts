import { AppError, type SampleSizeAnswer, type SampleSizeRequest } from '@assay/contracts';
import { meanSampleSize, meanSampleSizeT, proportionSampleSize, relativeSampleSize, type Outcome } from '@assay/stats';
import { sampleDesign, treatedRate, type SampleDesign } from './sample-design.js';

/** Units by a method, not rounded. */
interface Sized {
  readonly units: Outcome<number>;
  readonly method: string;
}

/** Units that each variant needs to show an effect. @throws AppError naming the field that cannot be planned with */
export function sampleSizeOf(request: SampleSizeRequest): SampleSizeAnswer {
  const { effect, variants } = request;
  if (effect === 0) throw AppError.field('effect', 'must not be 0');
  const design = sampleDesign(request);
  const { units: outcome, method } = unitsFor(design, effect);
  if (!outcome.ok) throw AppError.field('effect', outcome.refusal.message);
  const units = outcome.value;
  const unitsPerVariant = Math.ceil(units);
  if (!Number.isSafeInteger(unitsPerVariant * variants)) {
    throw AppError.field('effect', 'needs more units than can be counted; plan for a larger one');
  }
  return {
    unitsPerVariant,
    totalUnits: unitsPerVariant * variants,
    absoluteEffect: effect * Math.abs(design.baseline),
    alpha: request.alpha / request.comparisons,
    method,
  };
}

/** Not rounded, or why there is no such number. @throws AppError naming `effect` when it makes no rate */
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

function sized(method: string, units: Outcome<number>): Sized {
  if (units.ok) return { method, units: { ok: true, value: Math.max(2, units.value) } };
  // Three units show an effect that is many standard deviations: two in each arm are the least a variance needs.
  if (units.refusal.code === 'NOT_CONVERGED') return { method, units: { ok: true, value: 2 } };
  return { method, units };
}
