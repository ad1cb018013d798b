import type { BalanceTest } from '@assay/contracts';
import {
  compareArms,
  meanSummary,
  ratioSummary,
  selectMoments,
  type ComparableSummary,
  type Moments,
} from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import { toStatsMoments } from '../data/to-stats-moments.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { readMoments } from '../units/moments.js';

/** So unlikely by chance, over all tests together, that the assignment or the logging is at fault. */
const THRESHOLD = 0.001;

/**
 * What the units of each arm did before their exposure, metric by metric: no treatment can have moved it. Goals and
 * guardrails only, and all of their tests share the threshold.
 */
export function balanceTests(plan: ExperimentPlan, data: ExperimentData): BalanceTest[] {
  const { variants } = plan.definition;
  const control = variants.find(({ isControl }) => isControl);
  const treatments = variants.filter(({ isControl }) => !isControl);
  const metrics = plan.metrics.filter(({ earlier, metric }) => earlier !== null && metric.role !== 'secondary');
  if (control === undefined) return [];
  const threshold = THRESHOLD / Math.max(1, metrics.length * treatments.length);
  return metrics.flatMap((metric) =>
    treatments.map((treatment): BalanceTest => {
      const [c, t] = [control, treatment].map(({ id }) => earlierSummary(metric, data, id));
      const compared =
        c === undefined || t === undefined ? null : compareArms({ control: c.summary, treatment: t.summary });
      const pValue = compared?.pValue ?? null;
      return {
        metric: metric.metric.name,
        variantKey: treatment.key,
        against: control.key,
        controlMean: c?.mean ?? null,
        treatmentMean: t?.mean ?? null,
        pValue,
        threshold,
        isBalanced: pValue === null ? null : pValue >= threshold,
        refusal: compared?.pValue == null ? (compared?.refusal ?? null) : null,
      };
    }),
  );
}

/** The metric's own covariate in one arm; units left out of the metric are left out here. */
function earlierSummary(
  { dimensions, momentOffset, rule, earlier }: MetricPlan,
  { totals }: ExperimentData,
  variantId: string,
): { summary: ComparableSummary; mean: number | null } {
  const moments = toStatsMoments(readMoments(totals.get(variantId)?.moments ?? [], momentOffset, dimensions));
  const first = rule.dimensions;
  if (earlier?.rule.dimensions === 2) {
    const [numerator, denominator] = [meanOf(moments, first), meanOf(moments, first + 1)];
    const ratio = numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator;
    return { summary: ratioSummary(selectMoments(moments, [first, first + 1])), mean: ratio };
  }
  return { summary: meanSummary(selectMoments(moments, [first])), mean: meanOf(moments, first) };
}

const meanOf = ({ n, means }: Moments, index: number): number | null => (n === 0 ? null : (means[index] ?? null));
