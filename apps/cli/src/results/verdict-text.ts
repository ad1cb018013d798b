import type { Comparison, ExperimentResults, MetricResult } from '@assay/contracts';
import { percent, plain, pValue, signedPercent } from './numbers.js';

/** The verdict as one would say it to somebody who decides, then the reasons the server gave. */
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
  const story = decision === 'no-data' ? [] : decisive(results).map(sentence);
  return [`Verdict: ${headline}`, ...[...story, ...reasons].map((line) => `  - ${line}`)].join('\n');
}

const controlOf = (results: ExperimentResults): string =>
  results.metrics[0]?.variants.find(({ isControl }) => isControl)?.variantKey ?? 'the control';

interface Told {
  readonly metric: MetricResult;
  readonly comparison: Comparison;
}

/** The comparisons worth a sentence: of the primary metric, and what is significant elsewhere. */
function decisive({ metrics }: ExperimentResults): Told[] {
  return metrics.flatMap((metric) =>
    metric.comparisons
      .filter((comparison) => comparison.refusal === null && (metric.isPrimary || comparison.significant))
      .map((comparison) => ({ metric, comparison })),
  );
}

function sentence({ metric, comparison }: Told): string {
  const meanOf = (key: string): string => {
    const mean = metric.variants.find(({ variantKey }) => variantKey === key)?.mean;
    return metric.kind === 'proportion' ? percent(mean) : plain(mean);
  };
  const { against, variantKey, relative, pValue: p, significant } = comparison;
  const values = `${meanOf(variantKey)} in ${variantKey} against ${meanOf(against)} in ${against}`;
  const change = relative === null ? '' : ` (${signedPercent(relative.estimate, 1)})`;
  const certainty = significant
    ? `a real difference, p = ${pValue(p)}`
    : `chance can explain the difference, p = ${pValue(p)}`;
  return `${metric.name}: ${values}${change}; ${certainty}.`;
}
