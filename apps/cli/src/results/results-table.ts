import type { ArmResult, Comparison, ExperimentResults, MetricResult } from '@assay/contracts';
import Table from 'cli-table3';
import { comparisonLines } from './comparison-lines.js';
import {
  interval,
  intervalName,
  percent,
  plain,
  points,
  pValue,
  signedPercent,
  signedPlain,
  statistic,
  whole,
} from './numbers.js';
import { segmentsTable } from './segments-table.js';
import { verdictText } from './verdict-text.js';

/** The results of an experiment as text: a table per metric, the health of the split, the verdict. */
export function resultsTable(results: ExperimentResults): string {
  const { dimension } = results;
  const segments =
    dimension === null ? [] : results.metrics.map((metric) => segmentsTable(metric, dimension.name, results.alpha));
  return [
    header(results),
    ...results.metrics.map((metric) => metricTable(metric, results.alpha)),
    ...segments,
    srmLine(results),
    verdictText(results),
  ].join('\n\n');
}

function header({ experimentKey, status, units, multipleExposures, dataThrough }: ExperimentResults): string {
  const total = Object.values(units).reduce((sum, count) => sum + count, 0);
  const perVariant = Object.entries(units).map(([key, count]) => `${key} ${whole(count)}`);
  return [
    `Experiment ${experimentKey} (${status})`,
    `Units: ${whole(total)} (${perVariant.join(', ')}); ${whole(multipleExposures)} seen in more than one variant and left out`,
    ...(dataThrough === null ? [] : [`Data through: ${dataThrough}`]),
  ].join('\n');
}

function headOf(isRate: boolean, alpha: number): string[] {
  const range = intervalName(alpha);
  return ['variant', 'n', isRate ? 'rate' : 'mean', 'difference', range, 'relative', range, 'p', 'chance to win'];
}

function metricTable(metric: MetricResult, alpha: number): string {
  const isRate = metric.kind === 'proportion';
  const head = headOf(isRate, alpha);
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  });
  for (const arm of metric.variants) {
    const comparison = metric.comparisons.find(({ variantKey }) => variantKey === arm.variantKey);
    table.push([...armCells(arm, isRate), ...(comparison === undefined ? blank : comparisonCells(comparison, isRate))]);
  }
  const tests = metric.comparisons.flatMap((comparison) => comparisonLines(metric, comparison));
  const refusals = [metric.refusal, ...metric.comparisons.map(({ refusal }) => refusal)].flatMap(
    (refusal) => refusal?.message ?? [],
  );
  return [
    title(metric),
    table.toString(),
    ...capLine(metric),
    ...stepLines(metric),
    ...tests,
    ...[...new Set(refusals)].map((text) => `  not computed: ${text}`),
  ].join('\n');
}

function title({ name, role, isPrimary, kind, lowerIsBetter }: MetricResult): string {
  const traits = [isPrimary ? `primary ${role}` : role, kind, ...(lowerIsBetter ? ['lower is better'] : [])];
  return `${name} (${traits.join(', ')})`;
}

const blank = ['', '', '', '', '', ''];

const armCells = (arm: ArmResult, isRate: boolean): string[] => [
  arm.isControl ? `${arm.variantKey} (control)` : arm.variantKey,
  whole(arm.n),
  isRate ? percent(arm.mean, 3) : plain(arm.mean),
];

function comparisonCells({ absolute, relative, pValue: p, bayesian }: Comparison, isRate: boolean): string[] {
  const write = isRate ? (value: number | null | undefined) => points(value, 3) : signedPlain;
  return [
    write(absolute?.estimate),
    interval(absolute?.ci, write),
    signedPercent(relative?.estimate),
    // The one to go by where control is noisy.
    interval(relative?.robust?.ci ?? relative?.ci, (value) => signedPercent(value)),
    pValue(p),
    percent(bayesian?.chanceToWin),
  ];
}

function capLine({ cap }: MetricResult): string[] {
  if (cap === null) return [];
  const at = cap.percentile === null ? '' : ` (percentile ${plain(cap.percentile * 100)})`;
  const units = cap.units === null ? '' : `, ${whole(cap.units)} units`;
  return [`  values cut at ${plain(cap.value)}${at}${units}`];
}

function stepLines({ variants }: MetricResult): string[] {
  return variants.flatMap(({ variantKey, n, steps }) =>
    steps === undefined ? [] : [`  steps of ${variantKey}: ${[n, ...steps].map((units) => whole(units)).join(' -> ')}`],
  );
}

const SRM_WORDS = {
  ok: 'the split is as planned',
  warning: 'the split is off: look for a reason before trusting the results',
  mismatch: 'the split is wrong: do not trust the results',
  insufficient: 'too few units to tell',
} as const;

function srmLine({ srm }: ExperimentResults): string {
  const { verdict, expectation } = srm;
  const by = expectation === 'allocation' ? '' : '; each unit by the allocation it came under';
  return `Sample ratio: chi-square ${statistic(srm.statistic)}, p ${pValue(srm.pValue)} (${verdict}: ${SRM_WORDS[verdict]}${by})`;
}
