import { randomUUID } from 'node:crypto';

/** An event as it is sent. */
export interface SentEvent {
  readonly id: string;
  readonly eventType: string;
  readonly userId: string;
  readonly timestamp: string;
  readonly value?: number;
  readonly experiment?: string;
  readonly variant?: string;
  readonly metadata?: Record<string, unknown>;
}

export const EXPERIMENT = 'bench-loop';
const METRIC_EVENTS = ['signup', 'purchase', 'page_view'] as const;
const START = Date.parse('2026-11-01T00:00:00Z');

/**
 * `count` events of `users` users: each user's exposure, then its events of three metrics, about as a product sends them
 * (ids are random UUIDs, users interleaved).
 */
export function* traffic(count: number, users: number, prefix: string): Generator<SentEvent> {
  for (let index = 0; index < count; index += 1) {
    const user = index % users;
    const round = Math.floor(index / users);
    const userId = `${prefix}-${user}`;
    const timestamp = new Date(START + index).toISOString();
    if (round === 0) {
      const variant = user % 2 === 0 ? 'control' : 'treatment';
      yield { id: randomUUID(), eventType: '$exposure', userId, timestamp, experiment: EXPERIMENT, variant };
      continue;
    }
    const eventType = METRIC_EVENTS[(user + round) % METRIC_EVENTS.length] ?? 'signup';
    const value = eventType === 'purchase' ? { value: ((user * 7 + round) % 1_000) / 8 } : {};
    yield { id: randomUUID(), eventType, userId, timestamp, ...value, metadata: { plan: 'pro', step: round } };
  }
}

/** Bodies of 1,000 events each, ready to send. */
export function bodies(events: Iterable<SentEvent>): Buffer[] {
  const made: Buffer[] = [];
  let batch: SentEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < 1_000) continue;
    made.push(Buffer.from(JSON.stringify({ events: batch })));
    batch = [];
  }
  if (batch.length > 0) made.push(Buffer.from(JSON.stringify({ events: batch })));
  return made;
}

export const experimentBody = {
  key: EXPERIMENT,
  name: 'Bench',
  variants: [
    { key: 'control', isControl: true, trafficAllocation: 50 },
    { key: 'treatment', isControl: false, trafficAllocation: 50 },
  ],
  metrics: [
    { name: 'signed_up', eventName: 'signup', metricType: 'CONVERSION', isPrimary: true },
    { name: 'revenue', eventName: 'purchase', metricType: 'REVENUE' },
    { name: 'page_views', eventName: 'page_view', metricType: 'COUNT' },
  ],
};
