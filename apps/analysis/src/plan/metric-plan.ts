import { EVENT_LIMITS, parseJsonPath, type Metric } from '@assay/contracts';
import type { CellRule } from './cell-rules.js';
import { codeOf } from './value-code.js';

/** An event as far as a metric cares. */
export interface MetricEvent {
  /** The dedupe key; decides between events of the same instant. */
  readonly key: string;
  readonly eventType: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number | null;
  readonly metadata: Record<string, unknown> | null;
}

const DAY_MS = 86_400_000;
/** The period before the exposure that a metric looks at when it does not say. */
const DEFAULT_LOOKBACK_DAYS = 14;

/** How long before the exposure a unit's past is looked at, in milliseconds. */
export const lookbackOf = ({ cupedLookbackDays }: Metric): number =>
  (cupedLookbackDays ?? DEFAULT_LOOKBACK_DAYS) * DAY_MS;

/** What a unit did before its exposure, as a covariate. */
export interface EarlierPlan {
  readonly rule: CellRule;
  readonly cellOffset: number;
  readonly lookbackMs: number;
}

export type ReadValue = (event: MetricEvent) => number | null;

/** A metric made ready: which events count, where its running values are kept, how they become the unit's quantities. */
export interface MetricPlan {
  readonly metric: Metric;
  /** First of its cells in the unit's array. */
  readonly cellOffset: number;
  readonly rule: CellRule;
  /** Which of the unit's lists is the metric's; -1 for none. */
  readonly listIndex: number;
  /** Its behaviour before the exposure, when it is a covariate. */
  readonly earlier: EarlierPlan | null;
  /** Names of the covariates behind the outcome in `quantities`. */
  readonly covariates: readonly string[];
  /** How many quantities a unit contributes, covariates included. */
  readonly dimensions: number;
  /** First of its moments in the arm's array. */
  readonly momentOffset: number;
  readonly delayMs: number;
  /** Length of the window after the delay; Infinity when there is none. */
  readonly windowMs: number;
  /** Sums do not tell the result: every unit's quantities are needed, to rank them. */
  readonly isRanked: boolean;
  /** The number that an event carries for the metric: one of its own, or one that a ratio is divided by. */
  readonly read: ReadValue;
  readonly readDenominator: ReadValue;
  /** Outcome (numerator and denominator of a ratio) and covariates of a unit; null leaves it out. */
  readonly quantities: (cells: Float64Array) => readonly number[] | null;
}

/** Whether the values of events are ranked, and not a number of each unit. */
export const ranksEvents = ({ metric }: Pick<MetricPlan, 'metric'>): boolean =>
  metric.quantile !== null && metric.quantileBy !== 'unit';

/** Whether an event at `at` counts for a unit first exposed at `exposedAt`: both ends of the window belong to it. */
export function counts(plan: MetricPlan, at: number, exposedAt: number): boolean {
  const opens = exposedAt + plan.delayMs;
  return at >= opens && at - opens <= plan.windowMs;
}

/** Whether an event lies in the period before the exposure that the covariate looks at. */
export function isEarlier({ lookbackMs }: EarlierPlan, at: number, exposedAt: number): boolean {
  return at < exposedAt && at >= exposedAt - lookbackMs;
}

/** The number an event carries: at the path in its metadata, else its value; null when there is no usable number. */
export function valueReader(metric: Metric): ReadValue {
  const { eventValuePath, aggregationMethod } = metric;
  if (eventValuePath === null) return aggregationMethod === 'ratio' ? numeratorReader(metric) : (event) => event.value;
  const path = parseJsonPath(eventValuePath);
  const use = aggregationMethod === 'distinct' ? codeOf : numberOf;
  return (event) => (event.metadata === null ? null : use(path(event.metadata)));
}

/** Events of another type than the denominator's may be there to be counted (clicks per view): one without a value is 1. */
const numeratorReader = (metric: Metric): ReadValue =>
  isPerOwnEvent(metric) ? (event) => event.value : (event) => event.value ?? 1;

/** What a ratio is divided by: the values of other events, where one without a value is 1, or the number of its own events. */
export const denominatorReader = (metric: Metric): ReadValue =>
  isPerOwnEvent(metric) ? () => 1 : (event) => event.value ?? 1;

/** Whether a ratio is a mean over its events, such as revenue per purchase. */
export const isPerOwnEvent = ({ eventName, denominatorEventName }: Metric): boolean =>
  eventName === denominatorEventName;

const numberOf = (found: unknown): number | null =>
  typeof found === 'number' && Math.abs(found) <= EVENT_LIMITS.value ? found : null;
