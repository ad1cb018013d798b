import type { BalanceTest, ExperimentHealth } from '@assay/contracts';
import {
  compareArms,
  emptyMoments,
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
import { mayBeMissing } from '../plan/quantity-columns.js';
import { beforeOf, hasBefore } from '../series/age-table.js';
import { readMoments } from '../units/moments.js';
import { STILL_COMPUTING, type HealthScans } from './scan-report.js';

/** So unlikely by chance, over all tests together, that the assignment or the logging is at fault. */
const THRESHOLD = 0.001;

/** What there is of the time before the exposure: with CUPED kept sums, without it what a scan of the events found. */
export interface KnownBefore {
  readonly plan: ExperimentPlan;
  readonly data: ExperimentData;
  readonly ages: HealthScans['ages'];
}

/** Whether arms differed before their exposure, or why that cannot be told. */
export function balanceReport(known: KnownBefore): ExperimentHealth['balance'] {
  const { plan, ages } = known;
  const { cuped } = plan.definition.analysis;
  const computedAt = cuped ? null : (ages?.at.toISOString() ?? null);
  if (!cuped && ages === null) return { tests: [], computedAt, refusal: STILL_COMPUTING };
  const tests = balanceTests(known);
  const message = 'No goal or guardrail has a value for every unit before its exposure.';
  return { tests, computedAt, refusal: tests.length > 0 ? null : { code: 'NO_COVARIATES', message } };
}

/**
 * What the units of each arm did before their exposure, metric by metric: no treatment can have moved it. Goals and
 * guardrails only, and all of their tests share the threshold. A metric that leaves units out, by what they did after the
 * exposure, is not tested: the units that stay may differ by the treatment.
 */
function balanceTests({ plan, data, ages }: KnownBefore): BalanceTest[] {
  const { variants, analysis } = plan.definition;
  const control = variants.find(({ isControl }) => isControl);
  const treatments = variants.filter(({ isControl }) => !isControl);
  const metrics = plan.metrics.filter((each) => {
    if (each.metric.role === 'secondary') return false;
    return analysis.cuped ? each.earlier !== null && !mayBeMissing(each.rule) : hasBefore(each);
  });
  if (control === undefined) return [];
  const threshold = THRESHOLD / Math.max(1, metrics.length * treatments.length);
  return metrics.flatMap((metric) => {
    const table = ages?.answer.get(metric.metric.name) ?? new Map();
    const scanned = analysis.cuped ? null : beforeOf(table, metric);
    return treatments.map((treatment): BalanceTest => {
      const [c, t] = [control, treatment].map(({ id }) =>
        scanned === null ? keptSummary(metric, data, id) : scannedSummary(scanned, id),
      );
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
    });
  });
}

/** What units did before their exposure, in one arm. */
interface Earlier {
  readonly summary: ComparableSummary;
  readonly mean: number | null;
}

function scannedSummary(before: ReadonlyMap<string, Moments>, variantId: string): Earlier {
  const moments = before.get(variantId) ?? emptyMoments(1);
  return { summary: meanSummary(moments), mean: meanOf(moments, 0) };
}

/** The metric's own covariate. */
function keptSummary(
  { dimensions, momentOffset, rule, earlier }: MetricPlan,
  { totals }: ExperimentData,
  variantId: string,
): Earlier {
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
