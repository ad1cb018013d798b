import type { SrmResult } from '@assay/contracts';
import { srmOfChangedWeights, type SrmPeriod } from '@assay/stats';
import type { Split, SplitPart } from '../data/split.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';

/**
 * Units by variant, apart by the allocation they were first exposed under.
 *
 * @param units by variant, for an experiment that never changed its allocation.
 */
export function splitPeriods(
  { definition }: ExperimentPlan,
  { epochs, parts }: Split,
  units: readonly number[],
  isMeant: (part: SplitPart) => boolean = () => true,
): SrmPeriod[] {
  const { variants } = definition;
  const meant = parts?.filter(isMeant);
  return epochs.map(({ weights }, index) => ({
    weights: variants.map(({ id }) => weights.get(id) ?? 0),
    observed:
      meant === undefined
        ? units
        : variants.map(({ id }) =>
            meant.reduce((sum, part) => (part.epoch === index && part.variantId === id ? sum + part.units : sum), 0),
          ),
  }));
}

/** Whether the units are split as they were to be when each of them came. */
export function splitSrm(periods: readonly SrmPeriod[]): SrmResult {
  const expectation = periods.length > 1 ? 'allocation-at-exposure' : 'allocation';
  const result = srmOfChangedWeights(periods);
  if (!result.ok) return { statistic: null, degreesOfFreedom: 0, pValue: null, verdict: 'insufficient', expectation };
  const { statistic, degreesOfFreedom, pValue, verdict } = result.value;
  return { statistic, degreesOfFreedom, pValue, verdict, expectation };
}
