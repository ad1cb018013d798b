import type { Comparison, MetricResult, SequentialResult } from '@assay/contracts';

/** Effects and evidence in words that name the numbers. */
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;
export const short = (value: number): string => String(Number(value.toPrecision(3)));
export const shortP = (p: number | null): string => (p === null ? 'unknown' : short(p));
export const percent = (share: number): string => `${short(share * 100)} %`;
export const whole = (count: number): string => Math.ceil(count).toLocaleString('en');

/** The gain of an effect, in the direction that the metric prefers: what the deciding look saw, where a look decides. */
export function gain({ lowerIsBetter }: MetricResult, { absolute, decidedBy, sequential }: Comparison): number {
  const crossed = decidedBy === 'sequential' ? sequential?.recordedLooks.find((look) => look.crossed) : undefined;
  return (crossed?.absolute.estimate ?? absolute?.estimate ?? 0) * (lowerIsBetter ? -1 : 1);
}

export function effect(metric: MetricResult, { absolute, relative }: Comparison): string {
  const change = absolute?.estimate ?? 0;
  const size = metric.kind === 'proportion' ? `${signed(change * 100)} percentage points` : signed(change);
  return relative?.estimate == null ? size : `${size} (${signed(relative.estimate * 100)} % relative)`;
}

/** What the deciding view says, with its number. */
export function evidence({ decidedBy, adjustedPValue, sequential, sequentialRefusal, bayesian }: Comparison): string {
  if (decidedBy === 'fixed') return `p = ${shortP(adjustedPValue)}`;
  if (decidedBy === 'bayesian') return `chance to win ${bayesian === null ? 'unknown' : percent(bayesian.chanceToWin)}`;
  if (sequential === null) return `no sequential view (${sequentialRefusal?.message ?? 'there is no effect yet'})`;
  if (sequential.pValue !== null) return `always-valid p = ${shortP(sequential.pValue)} (${sequential.method})`;
  const deciding = sequential.recordedLooks.find(({ crossed }) => crossed) ?? sequential.recordedLooks.at(-1);
  if (deciding === undefined) return `no look has been taken yet (${sequential.method})`;
  const { statistic, criticalValue, informationFraction, look } = deciding;
  const boundary = criticalValue === null ? 'not reachable' : short(criticalValue);
  return `z = ${signed(statistic)} against the boundary ${boundary} at ${percent(informationFraction)} of the plan (${sequential.method}, look ${look} of ${sequential.looks})`;
}

/** When a plan that decides at its looks looks again. */
function nextLookOf(sequential: SequentialResult | null): string {
  if (sequential?.nextLook == null) return '';
  const { nextLook, looks, units } = sequential;
  return ` Look ${nextLook.look} of ${looks} is due at ${whole(nextLook.units)} units; there are ${whole(units)}.`;
}

export function sentence(
  metric: MetricResult,
  comparison: Comparison,
  relation: string,
  shownBy = evidence(comparison),
): string {
  return `${comparison.variantKey} is ${relation} ${comparison.against} on ${metric.name}: ${effect(metric, comparison)}, ${shownBy}.`;
}

/** A comparison that shows no difference, or none yet. */
export function openSentence(metric: MetricResult, comparison: Comparison, threshold: string): string {
  if (comparison.pValue === null) {
    return `${comparison.variantKey} cannot be compared on ${metric.name}: ${comparison.refusal?.message ?? 'there are not enough data.'}`;
  }
  return `No difference between ${comparison.variantKey} and ${comparison.against} on ${metric.name} is shown: ${effect(metric, comparison)}, ${[evidence(comparison), threshold].filter((part) => part !== '').join(' ')}.${comparison.decidedBy === 'sequential' ? nextLookOf(comparison.sequential) : ''}`;
}
