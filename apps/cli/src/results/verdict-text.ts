import type { Comparison, ExperimentResults, MetricResult } from '@assay/contracts';
import { percent, plain, pValue, signedPercent, whole } from './numbers.js';

/** The verdict as one would say it to somebody who decides, the reasons the server gave, and what else is significant. */
export function verdictText(results: ExperimentResults): string {
  const { decision, action, winner, reasons, needs } = results.verdict;
  const control = controlOf(results);
  const best = winner ?? 'the treatment';
  const isUsual = isPlain(decision, action);
  const headline = {
    'treatment-better': isUsual
      ? `Ship ${best}: it does better than ${control}.`
      : `${best} does better than ${control}.`,
    'control-better': isUsual
      ? `Keep ${control}: the change makes it worse.`
      : `The change does worse than ${control}.`,
    'no-difference-yet': `No difference can be told yet${isUsual ? ': keep it running.' : '.'}`,
    inconclusive: 'Inconclusive: the numbers point in different directions or not far enough.',
    invalid: 'Do not decide on this: the data are not sound.',
    'no-data': 'There is nothing to judge yet.',
  }[decision];
  const advice = ADVICE[action];
  const also = decision === 'no-data' ? [] : elsewhere(results).map(sentence);
  const lines = [...reasons, ...also].map((line) => `  - ${line}`);
  return [`Verdict: ${headline}`, ...lines, ...(isUsual ? [] : [`Do: ${advice}`]), ...needsLine(needs)].join('\n');
}

const ADVICE: Readonly<Record<ExperimentResults['verdict']['action'], string>> = {
  ship: 'ship it.',
  rollback: 'roll it back.',
  'keep-running': 'keep it running.',
  inconclusive: 'end it without a winner, or plan a larger one.',
  invalid: 'find the fault first.',
};

/** Whether the headline says already what to do. */
function isPlain(
  decision: ExperimentResults['verdict']['decision'],
  action: ExperimentResults['verdict']['action'],
): boolean {
  const usual = {
    'treatment-better': 'ship',
    'control-better': 'rollback',
    'no-difference-yet': 'keep-running',
    inconclusive: 'inconclusive',
    invalid: 'invalid',
    'no-data': 'keep-running',
  } as const;
  return usual[decision] === action;
}

function needsLine(needs: ExperimentResults['verdict']['needs']): string[] {
  if (needs?.units == null || needs.units === 0) return [];
  const days = needs.days === null ? '' : `, about ${whole(needs.days)} days`;
  return [`Still needed by the plan: ${whole(needs.units)} units${days}.`];
}

const controlOf = (results: ExperimentResults): string =>
  results.metrics[0]?.variants.find(({ isControl }) => isControl)?.variantKey ?? 'the control';

interface Told {
  readonly metric: MetricResult;
  readonly comparison: Comparison;
}

/** What is significant beside the primary metrics, of which the server's reasons speak. */
function elsewhere({ metrics }: ExperimentResults): Told[] {
  return metrics.flatMap((metric) =>
    metric.comparisons
      .filter(({ refusal, significant }) => refusal === null && significant && !metric.isPrimary)
      .map((comparison) => ({ metric, comparison })),
  );
}

function sentence({ metric, comparison }: Told): string {
  const meanOf = (key: string): string => {
    const mean = metric.variants.find(({ variantKey }) => variantKey === key)?.mean;
    return metric.kind === 'proportion' ? percent(mean) : plain(mean);
  };
  const { against, variantKey, relative, pValue: p } = comparison;
  const change = relative === null ? '' : ` (${signedPercent(relative.estimate, 1)})`;
  return `Also: ${metric.name} is ${meanOf(variantKey)} in ${variantKey} against ${meanOf(against)} in ${against}${change}, p = ${pValue(p)}.`;
}
