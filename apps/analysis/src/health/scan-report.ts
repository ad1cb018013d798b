import type { ExperimentHealth, HeterogeneityTest, NoveltyTest, Refusal } from '@assay/contracts';
import { adjustPValues } from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { dimensionResults } from '../results/dimension-results.js';
import { agesOf, hasAges, type AgeTable } from '../series/age-table.js';
import { correctedTrends, trendsOf } from '../series/novelty.js';
import type { AttributeScan } from './attribute-reader.js';
import { scannedMetrics } from './attribute-sums.js';

/** What nobody asked for is shown as found only when it would seldom be found by chance. */
export const SCAN_LEVEL = 0.01;

/** What a scan found, and when; null while the first one is still under way. */
export type Scanned<T> = { readonly answer: T; readonly at: Date } | null;

/** What is looked at in every experiment beyond its sums. */
export interface HealthScans {
  readonly attributes: Scanned<AttributeScan>;
  /** By metric name. */
  readonly ages: Scanned<ReadonlyMap<string, AgeTable>>;
}

export const STILL_COMPUTING: Refusal = {
  code: 'STILL_COMPUTING',
  message: 'The first scan of this experiment is under way: ask again in a while.',
};

/** Whether effects differ between the values of the most common attributes: of goals and guardrails, for every treatment. */
export function heterogeneityReport(
  plan: ExperimentPlan,
  { attributes: scan }: HealthScans,
): ExperimentHealth['heterogeneity'] {
  const nothing = { computedAt: null, level: SCAN_LEVEL, attributes: [], units: 0, tests: [] };
  if (scan === null) return { ...nothing, refusal: STILL_COMPUTING };
  const { answer, at } = scan;
  const metrics = scannedMetrics(plan);
  const tests = answer.attributes.flatMap(({ name, segments }): HeterogeneityTest[] => {
    const { metrics: found } = dimensionResults({ ...plan, metrics }, { name, segments });
    return [...found].flatMap(([metric, { heterogeneity }]) =>
      heterogeneity.map(({ tau2: _tau2, ...test }) => ({ ...test, attribute: name, metric, flagged: false })),
    );
  });
  const message = 'No context of an assignment has an attribute of which several units share a value.';
  return {
    computedAt: at.toISOString(),
    level: SCAN_LEVEL,
    attributes: answer.attributes.map(({ name, segments }) => ({ name, segments: [...segments.keys()] })),
    units: answer.units,
    tests: flagged(tests),
    refusal: answer.attributes.length === 0 ? { code: 'NO_ATTRIBUTES', message } : null,
  };
}

/** Whether effects wear off or grow with the days since the exposure: of goals and guardrails that days add to. */
export function noveltyReport(plan: ExperimentPlan, { ages: scan }: HealthScans): ExperimentHealth['novelty'] {
  if (scan === null) return { computedAt: null, level: SCAN_LEVEL, tests: [], refusal: STILL_COMPUTING };
  const metrics = plan.metrics.filter((each) => each.metric.role !== 'secondary' && hasAges(each));
  const trends = metrics.flatMap((metric) => {
    const table = scan.answer.get(metric.metric.name) ?? new Map();
    return trendsOf(plan, agesOf(table, metric), SCAN_LEVEL).map((trend) => ({ metric: metric.metric.name, trend }));
  });
  const corrected = correctedTrends(
    trends.map(({ trend }) => trend),
    SCAN_LEVEL,
  );
  const tests = corrected.map(({ days: _days, ...test }, index): NoveltyTest => {
    return { ...test, metric: trends[index]?.metric ?? '', flagged: test.verdict !== null && test.verdict !== 'none' };
  });
  const message = 'No goal or guardrail is a number that days add to (exists, count, sum).';
  return {
    computedAt: scan.at.toISOString(),
    level: SCAN_LEVEL,
    tests,
    refusal: metrics.length === 0 ? { code: 'NOT_BY_DAYS', message } : null,
  };
}

/** False discovery rate over all metrics, treatments and attributes. */
function flagged(tests: readonly HeterogeneityTest[]): HeterogeneityTest[] {
  const made = tests.filter(({ pValue }) => pValue !== null);
  const adjusted = adjustPValues(
    made.map(({ pValue }) => pValue ?? 1),
    'bh',
  );
  const places = new Map(made.map((test, place) => [test, place]));
  return tests.map((test) => {
    const place = places.get(test);
    const adjustedPValue = place === undefined || !adjusted.ok ? null : (adjusted.value[place] ?? null);
    return { ...test, adjustedPValue, flagged: adjustedPValue !== null && adjustedPValue <= SCAN_LEVEL };
  });
}
