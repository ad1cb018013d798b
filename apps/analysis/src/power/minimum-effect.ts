import { AppError, type MdeAnswer, type MdeRequest } from '@assay/contracts';
import { meanMde, normalQuantile, relativeMde } from '@assay/stats';
import { sampleDesign, type SampleDesign } from './sample-design.js';
import { unitsFor } from './sample-size.js';

/** The smallest relative effect that so many units show. @throws AppError naming the field that cannot be planned with */
export function minimumEffectOf(request: MdeRequest): MdeAnswer {
  const design = sampleDesign(request);
  const { relative, method } = smallest(design, request.unitsPerVariant);
  return {
    relativeEffect: relative,
    absoluteEffect: relative * Math.abs(design.baseline),
    alpha: request.alpha / request.comparisons,
    method,
  };
}

function smallest(design: SampleDesign, n: number): { relative: number; method: string } {
  const { kind, baseline, variance, alpha, power, sequentialUnits } = design;
  const size = Math.abs(baseline);
  if (sequentialUnits !== null) {
    const found = relativeMde({ mean: baseline, variance, alpha, sequentialTuning: sequentialUnits }, power, n);
    if (!found.ok) throw AppError.field('unitsPerVariant', found.refusal.message);
    return { relative: found.value, method: 'confidence-sequence' };
  }
  if (kind === 'proportion') return { relative: proportionEffect(design, n), method: 'two-proportion-z' };
  if (kind === 'ratio') {
    const z = normalQuantile(power) - normalQuantile(alpha / 2);
    return { relative: (z * Math.sqrt((2 * variance) / n)) / size, method: 'ratio-z' };
  }
  const found = meanMde({ standardDeviation: Math.sqrt(variance), nControl: n, nTreatment: n, alpha, power });
  if (!found.ok) throw AppError.field('unitsPerVariant', found.refusal.message);
  return { relative: found.value / size, method: 'welch-t' };
}

/** The increase whose sample size is `n`: larger increases need fewer units, up to a rate of 1. */
function proportionEffect(design: SampleDesign, n: number): number {
  let low = 0;
  let high = (1 - design.baseline) / design.baseline;
  const largest = high * (1 - 1e-6);
  // An effect that cannot be told from none, or needs more units than can be counted, is not shown by `n` either.
  const isShown = (effect: number): boolean => {
    const { units } = unitsFor(design, effect);
    return units.ok && units.value <= n;
  };
  if (!isShown(largest)) {
    throw AppError.field('unitsPerVariant', `${n} units in each variant cannot show any increase of this rate`);
  }
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (isShown(middle)) high = middle;
    else low = middle;
  }
  return high;
}
