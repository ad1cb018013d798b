import type { Comparison, ExperimentResults, MetricResult } from '@assay/contracts';
import { percent, plain, pValue, signedPercent } from './numbers.js';

/** The verdict as one would say it to somebody who decides, the reasons the server gave, and what else is significant. */
export function verdictText(results: ExperimentResults): string {
  const { decision, winner, reasons } = results.verdict;
  const control = controlOf(results);
  const headline = {
    'treatment-better': `Ship ${winner ?? 'the treatment'}: it does better than ${control}.`,
    'control-better': `Keep ${control}: the change makes it worse.`,
    'no-difference-yet': 'No difference can be told yet: keep it running.',
    inconclusive: 'Inconclusive: the numbers point in different directions or not far enough.',
    invalid: 'Do not decide on this: the data are not sound.',
    'no-data': 'There is nothing to judge yet.',
  }[decision];
  const also = decision === 'no-data' ? [] : elsewhere(results).map(sentence);
  return [`Verdict: ${headline}`, ...[...reasons, ...also].map((line) => `  - ${line}`)].join('\n');
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
