import { mergeSummaries } from '../summary/merge-summaries.js';
import { stratumEstimate, type StratifiableSummary, type Stratum } from './stratum.js';

/**
 * The strata that can be used: those in which an arm is empty, has one unit or no variance are merged into the largest
 * (as GrowthBook), and that one with the next largest while it is still unusable itself.
 */
export function mergeUnusableStrata(strata: readonly Stratum[]): readonly Stratum[] {
  const bySize = [...strata].sort((a, b) => sizeOf(b) - sizeOf(a));
  const [largest, ...others] = bySize;
  if (largest === undefined) return [];
  const usable = others.filter((stratum) => stratumEstimate(stratum) !== null);
  let merged = others.filter((stratum) => stratumEstimate(stratum) === null).reduce(mergeStrata, largest);
  while (stratumEstimate(merged) === null) {
    const next = usable.shift();
    if (next === undefined) return [];
    merged = mergeStrata(merged, next);
  }
  return [merged, ...usable];
}

/** Both arms of two strata together. */
export function mergeStrata(a: Stratum, b: Stratum): Stratum {
  return {
    control: mergeSummaries<StratifiableSummary>(a.control, b.control),
    treatment: mergeSummaries<StratifiableSummary>(a.treatment, b.treatment),
  };
}

function sizeOf(stratum: Stratum): number {
  return stratum.control.n + stratum.treatment.n;
}
