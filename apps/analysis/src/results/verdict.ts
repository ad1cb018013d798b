import type { Comparison, ExperimentResults, ExperimentStatus, MetricResult, SrmResult } from '@assay/contracts';

export interface VerdictInput {
  readonly status: ExperimentStatus;
  readonly alpha: number;
  /** Units in the results. */
  readonly units: number;
  readonly multipleExposures: number;
  readonly srm: SrmResult;
  readonly metrics: readonly MetricResult[];
}

type Verdict = ExperimentResults['verdict'];

/** From this share of units seen in several variants on, the randomisation itself is in doubt. */
const MULTIPLE_EXPOSURE_WARNING = 0.01;

/** What the numbers say, in words that name them. The decision is about the primary metric; guardrails are mentioned. */
export function verdictOf(input: VerdictInput): Verdict {
  const warnings = [...srmWarnings(input.srm), ...exposureWarnings(input)];
  if (input.units === 0) return { decision: 'no-data', winner: null, reasons: ['No unit has been exposed yet.'] };
  if (input.srm.verdict === 'mismatch') return { decision: 'invalid', winner: null, reasons: warnings };
  const primary = input.metrics.find(({ isPrimary }) => isPrimary) ?? input.metrics.find(({ role }) => role === 'goal');
  if (primary === undefined)
    return { decision: 'inconclusive', winner: null, reasons: ['There is no goal metric.', ...warnings] };
  const decided = decide(primary, input);
  return { ...decided, reasons: [...decided.reasons, ...guardrailWarnings(input.metrics), ...warnings] };
}

function decide(primary: MetricResult, { status, alpha }: VerdictInput): Verdict {
  const clear = primary.comparisons.filter(({ significant, absolute }) => significant === true && absolute !== null);
  const better = clear.filter((comparison) => gain(primary, comparison) > 0);
  const best = better.reduce<Comparison | undefined>(
    (held, next) => (held === undefined || gain(primary, next) > gain(primary, held) ? next : held),
    undefined,
  );
  if (best !== undefined) {
    return { decision: 'treatment-better', winner: best.variantKey, reasons: [sentence(primary, best, 'better than')] };
  }
  const [worse] = clear;
  if (worse !== undefined && clear.length === primary.comparisons.length) {
    return {
      decision: 'control-better',
      winner: worse.against,
      reasons: clear.map((each) => sentence(primary, each, 'worse than')),
    };
  }
  const reasons = primary.comparisons.map((comparison) => openSentence(primary, comparison, alpha));
  return { decision: status === 'COMPLETED' ? 'inconclusive' : 'no-difference-yet', winner: null, reasons };
}

const gain = ({ lowerIsBetter }: MetricResult, { absolute }: Comparison): number =>
  (absolute?.estimate ?? 0) * (lowerIsBetter ? -1 : 1);

function sentence(metric: MetricResult, comparison: Comparison, relation: string): string {
  return `${comparison.variantKey} is ${relation} ${comparison.against} on ${metric.name}: ${effect(metric, comparison)}, p = ${shortP(comparison.adjustedPValue)}.`;
}

function openSentence(metric: MetricResult, comparison: Comparison, alpha: number): string {
  if (comparison.pValue === null) {
    return `${comparison.variantKey} cannot be compared on ${metric.name}: ${comparison.refusal?.message ?? 'there are not enough data.'}`;
  }
  return `No difference between ${comparison.variantKey} and ${comparison.against} on ${metric.name} is shown: ${effect(metric, comparison)}, p = ${shortP(comparison.adjustedPValue)} is not below ${alpha}.`;
}

function effect(metric: MetricResult, { absolute, relative }: Comparison): string {
  const change = absolute?.estimate ?? 0;
  const size = metric.kind === 'proportion' ? `${signed(change * 100)} percentage points` : signed(change);
  return relative?.estimate == null ? size : `${size} (${signed(relative.estimate * 100)} % relative)`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Number(Math.abs(value).toPrecision(3))}`;
const shortP = (p: number | null): string => (p === null ? 'unknown' : String(Number(p.toPrecision(3))));

function srmWarnings({ verdict, pValue }: SrmResult): string[] {
  if (verdict === 'mismatch') {
    return [
      `The units are not split as planned (sample ratio mismatch, p = ${shortP(pValue)}): find the cause before reading any result.`,
    ];
  }
  if (verdict === 'warning')
    return [
      `The split of the units is suspicious (sample ratio p = ${shortP(pValue)}): check the assignment and the logging.`,
    ];
  return [];
}

function exposureWarnings({ units, multipleExposures }: VerdictInput): string[] {
  const share = multipleExposures / (units + multipleExposures);
  if (!(share >= MULTIPLE_EXPOSURE_WARNING)) return [];
  return [
    `${multipleExposures} units (${Number((share * 100).toPrecision(2))} %) were seen in more than one variant and are left out.`,
  ];
}

function guardrailWarnings(metrics: readonly MetricResult[]): string[] {
  return metrics
    .filter(({ role }) => role === 'guardrail')
    .flatMap((metric) =>
      metric.comparisons
        .filter((comparison) => comparison.significant === true && gain(metric, comparison) < 0)
        .map((comparison) => `Guardrail harmed: ${sentence(metric, comparison, 'worse than')}`),
    );
}
