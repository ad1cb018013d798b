import { EVENT_LIMITS, parseJsonPath, type Metric } from '@assay/contracts';
import type { CellRule } from './cell-rules.js';
import { cellRule } from './cell-rules.js';

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

/** A metric made ready: which events count, where its running values are kept, how they become the unit's value. */
export interface MetricPlan {
  readonly metric: Metric;
  /** First of its cells in the unit's array. */
  readonly cellOffset: number;
  readonly rule: CellRule;
  /** First of its moments in the arm's array. */
  readonly momentOffset: number;
  readonly delayMs: number;
  /** Length of the window after the delay; Infinity when there is none. */
  readonly windowMs: number;
  readonly read: (event: MetricEvent) => number | null;
}

const HOUR_MS = 3_600_000;

export function metricPlan(metric: Metric, cellOffset: number, momentOffset: number): MetricPlan {
  return {
    metric,
    cellOffset,
    rule: cellRule(metric.aggregationMethod),
    momentOffset,
    delayMs: (metric.delayHours ?? 0) * HOUR_MS,
    windowMs: metric.windowHours === null ? Infinity : metric.windowHours * HOUR_MS,
    read: valueReader(metric.eventValuePath),
  };
}

/** Whether an event at `at` counts for a unit first exposed at `exposedAt`: both ends of the window belong to it. */
export function counts(plan: MetricPlan, at: number, exposedAt: number): boolean {
  const opens = exposedAt + plan.delayMs;
  return at >= opens && at - opens <= plan.windowMs;
}

/** The number an event carries: at the path in its metadata, else its value; null when there is no usable number. */
function valueReader(path: string | null): (event: MetricEvent) => number | null {
  if (path === null) return (event) => event.value;
  const read = parseJsonPath(path);
  return (event) => {
    const found = event.metadata === null ? undefined : read(event.metadata);
    return typeof found === 'number' && Math.abs(found) <= EVENT_LIMITS.value ? found : null;
  };
}
