import type { AnalysisPlan, Comparison, Metric } from '@assay/contracts';
import { decidingView } from '../results/deciding-view.js';
import { percent, whole } from './sentences.js';

/** The sample that the plan decides at, and how much of it there is. */
export interface PlannedSample {
  /** Further units of all arms that are compared; null when nobody can tell. */
  readonly missing: number | null;
  /** What there is of it, in words. */
  readonly sentence: string;
}

export interface PlannedSampleInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  /** Of the primary metric. */
  readonly comparisons: readonly Comparison[];
  /** By variant key. */
  readonly units: ReadonlyMap<string, number>;
  /** Units of the smallest of the arms that get more, and how many these are. */
  readonly smallest: number;
  readonly arms: number;
}

/**
 * Whether the plan decides by one look at its end: so do tests at a fixed horizon, and chances with a flat prior, which are no
 * better. Looks before it would find what they look for sooner or later.
 */
export const decidesOnce = (analysis: AnalysisPlan): boolean => {
  const view = decidingView(analysis);
  return view === 'fixed' || (view === 'bayesian' && analysis.prior === null);
};

/**
 * By `plannedUnits`, else by the metric's `minimumSampleSize`, else by what its `expectedEffect` still needs; null for a plan
 * that names none of them.
 */
export function plannedSample(input: PlannedSampleInput): PlannedSample | null {
  const { analysis, metric, comparisons, units, smallest, arms } = input;
  if (analysis.plannedUnits !== null) {
    const pairs = comparisons.map(
      ({ variantKey, against }) => (units.get(variantKey) ?? 0) + (units.get(against) ?? 0),
    );
    const least = Math.min(...pairs);
    const sentence = `The two arms compared have ${whole(least)} of the ${whole(analysis.plannedUnits)} units planned.`;
    return { missing: forAllArms(Math.max(0, analysis.plannedUnits - least), arms), sentence };
  }
  if (metric.minimumSampleSize > 0) {
    const sentence = `The planned sample is ${whole(metric.minimumSampleSize)} units in every variant.`;
    return { missing: Math.max(0, metric.minimumSampleSize - smallest) * arms, sentence };
  }
  return sampleByPower(comparisons, arms);
}

function sampleByPower(comparisons: readonly Comparison[], arms: number): PlannedSample | null {
  const powers = comparisons.flatMap(({ power }) => power ?? []);
  const [first] = powers;
  if (first === undefined) return null;
  const target = `The sample for the planned effect of ${percent(first.targetEffect)}`;
  const refusal = powers.find((power) => power.refusal !== null)?.refusal ?? null;
  if (refusal !== null) {
    return { missing: null, sentence: `${target} cannot be told: ${refusal.message}` };
  }
  const missing = forAllArms(Math.max(...powers.map(({ additionalUnits }) => additionalUnits ?? 0)), arms);
  return { missing, sentence: `${target} is not complete: ${whole(missing)} units are missing.` };
}

/** What two arms need is needed by every arm alike. */
export const forAllArms = (pairUnits: number, arms: number): number => (pairUnits * arms) / 2;
