import type { Comparison, MetricResult, SequentialResult } from '@assay/contracts';
import { interval, percent, plain, points, pValue, signedPlain, statistic, whole } from './numbers.js';

const TESTS: Readonly<Record<string, string>> = {
  'two-proportion-z': 'two-proportion z test: z',
  'welch-t': 'Welch t test: t',
  'ratio-t': 'ratio by the delta method: t',
  'quantile-t': 'quantile by its order statistics: t',
  'cuped-t': 'adjusted by CUPED: t',
  'cuped-ratio-t': 'ratio adjusted by CUPED: t',
  'post-stratified-t': 'post-stratified: t',
};

/** What the table has no room for: the test, the view that may be looked at all the time, adjustments, margins, power. */
export function comparisonLines(metric: MetricResult, comparison: Comparison): string[] {
  const lines = [
    testLine(comparison),
    sequentialLine(metric, comparison),
    adjustmentLine(comparison),
    guardLine(comparison),
    powerLine(comparison),
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [`  ${line}`]));
}

function testLine({ refusal, ...comparison }: Comparison): string | undefined {
  if (refusal !== null) return undefined;
  const { variantKey, against, test, degreesOfFreedom, pValue: p, adjustedPValue } = comparison;
  const freedom = degreesOfFreedom === null ? '' : `, ${plain(degreesOfFreedom)} degrees of freedom`;
  const adjusted = adjustedPValue === null || adjustedPValue === p ? '' : `, adjusted p ${pValue(adjustedPValue)}`;
  return `${variantKey} against ${against}: ${TESTS[test ?? ''] ?? `${test ?? 'test'}:`} ${statistic(comparison.statistic)}, p ${pValue(p)}${adjusted}${freedom}`;
}

function sequentialLine({ kind }: MetricResult, { sequential, decidedBy }: Comparison): string | undefined {
  if (sequential === null) return undefined;
  const { method, ci, pValue: p, significant } = sequential;
  const write = kind === 'proportion' ? (value: number | null | undefined) => points(value, 3) : signedPlain;
  const number = p === null ? lookOf(sequential) : `always-valid p ${pValue(p)}`;
  const decides = decidedBy === 'sequential' ? ', decides' : '';
  return `at every look (${method}${decides}): ${number}, ${interval(ci, write)}, ${significant ? 'a difference' : 'no difference yet'}`;
}

/** What a group-sequential plan decides by, and when it looks again. */
function lookOf({ recordedLooks, nextLook, criticalValue, look, looks, units }: SequentialResult): string {
  const taken = recordedLooks.find(({ crossed }) => crossed) ?? recordedLooks.at(-1);
  const seen =
    taken === undefined
      ? 'no look taken yet'
      : `z ${statistic(taken.statistic)} against the boundary ${plain(criticalValue)} at look ${whole(look)} of ${whole(looks)}, ${percent(taken.informationFraction, 0)} of the plan`;
  if (nextLook === null) return seen;
  return `${seen}, the next (${whole(nextLook.look)}) at ${whole(nextLook.units)} units, now ${whole(units)}`;
}

function adjustmentLine({ adjustment }: Comparison): string | undefined {
  if (adjustment === null) return undefined;
  const { methods, covariates, varianceReduction, stratifiedBy, unadjusted, refusal } = adjustment;
  if (methods.length === 0) {
    return refusal === null
      ? 'not adjusted: nothing before the exposure predicts it'
      : `not adjusted: ${refusal.message}`;
  }
  const by = [
    ...(covariates.length === 0
      ? []
      : [`CUPED on ${covariates.map(({ name, theta }) => `${name} (${plain(theta)})`).join(', ')}`]),
    ...(stratifiedBy === null ? [] : [`strata of ${stratifiedBy}`]),
  ];
  return `adjusted by ${by.join(' and ')}: variance ${percent(varianceReduction, 1)} smaller; without it p ${pValue(unadjusted?.pValue)}`;
}

function guardLine({ guard }: Comparison): string | undefined {
  if (guard === null) return undefined;
  const { harmed, harmPValue, margin, nonInferior, nonInferiorityPValue, method, refusal } = guard;
  const always = method === 'none' ? '' : 'always-valid ';
  const by = (p: number | null, sides = ''): string => (p === null ? '' : ` (${sides}${always}p ${pValue(p)})`);
  const harm = harmed === null ? 'not known' : `${harmed ? 'harmed' : 'no harm shown'}${by(harmPValue, 'one-sided ')}`;
  const why = refusal === null ? '' : `: ${refusal.message}`;
  if (margin === null) return `guardrail: ${harm}${why}`;
  const kept = nonInferior === true ? 'kept' : 'not shown to be kept';
  return `guardrail: ${harm}; margin of ${percent(margin)} ${kept}${by(nonInferiorityPValue)}${why}`;
}

function powerLine({ power }: Comparison): string | undefined {
  if (power === null) return undefined;
  const target = `an effect of ${percent(power.targetEffect, 1)}`;
  if (power.refusal !== null) return `power for ${target}: ${power.refusal.message}`;
  if (power.additionalUnits === 0) return `power for ${target}: ${percent(power.powerNow, 1)}, enough`;
  const days = power.additionalDays === null ? '' : `, about ${whole(Math.ceil(power.additionalDays))} days`;
  return `power for ${target}: ${percent(power.powerNow, 1)} now, ${percent(power.targetPower, 0)} with ${whole(power.additionalUnits)} more units${days}`;
}
