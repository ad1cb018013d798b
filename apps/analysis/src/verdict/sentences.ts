import type { Comparison, MetricResult } from '@assay/contracts';

/** Effects and evidence in words that name the numbers. */
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;
export const short = (value: number): string => String(Number(value.toPrecision(3)));
export const shortP = (p: number | null): string => (p === null ? 'unknown' : short(p));
export const percent = (share: number): string => `${short(share * 100)} %`;
export const whole = (count: number): string => Math.ceil(count).toLocaleString('en');

/** The gain of an effect, in the direction that the metric prefers. */
export const gain = ({ lowerIsBetter }: MetricResult, { absolute }: Comparison): number =>
  (absolute?.estimate ?? 0) * (lowerIsBetter ? -1 : 1);

export function effect(metric: MetricResult, { absolute, relative }: Comparison): string {
  const change = absolute?.estimate ?? 0;
  const size = metric.kind === 'proportion' ? `${signed(change * 100)} percentage points` : signed(change);
  return relative?.estimate == null ? size : `${size} (${signed(relative.estimate * 100)} % relative)`;
}

/** What the deciding view says, with its number. */
export function evidence({ decidedBy, adjustedPValue, sequential, bayesian, statistic }: Comparison): string {
  if (decidedBy === 'fixed') return `p = ${shortP(adjustedPValue)}`;
  if (decidedBy === 'bayesian') return `chance to win ${bayesian === null ? 'unknown' : percent(bayesian.chanceToWin)}`;
  if (sequential === null) return 'no sequential view yet';
  if (sequential.pValue !== null) return `always-valid p = ${shortP(sequential.pValue)} (${sequential.method})`;
  const { criticalValue, informationFraction, look, looks, method } = sequential;
  const boundary = criticalValue === null ? 'not reachable' : short(criticalValue);
  return `z = ${statistic === null ? 'unknown' : signed(statistic)} against the boundary ${boundary} at ${percent(informationFraction ?? 0)} of the plan (${method}, look ${look} of ${looks})`;
}

export function sentence(metric: MetricResult, comparison: Comparison, relation: string): string {
  return `${comparison.variantKey} is ${relation} ${comparison.against} on ${metric.name}: ${effect(metric, comparison)}, ${evidence(comparison)}.`;
}

/** A comparison that shows no difference, or none yet. */
export function openSentence(metric: MetricResult, comparison: Comparison, threshold: string): string {
  if (comparison.pValue === null) {
    return `${comparison.variantKey} cannot be compared on ${metric.name}: ${comparison.refusal?.message ?? 'there are not enough data.'}`;
  }
  return `No difference between ${comparison.variantKey} and ${comparison.against} on ${metric.name} is shown: ${effect(metric, comparison)}, ${evidence(comparison)} ${threshold}.`;
}
