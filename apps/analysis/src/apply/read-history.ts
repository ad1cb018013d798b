import type pg from 'pg';
import type { MetricEvent } from '../plan/metric-plan.js';
import { plainArray, textArray } from './pg-arrays.js';
import { toMilliseconds, toTimestamp } from './sql-times.js';

/** Which stored events are wanted: those of a unit from a moment on, of some types. */
export interface HistoryWanted {
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly from: number;
}

/** Stored events per user, in the order of their time and key. */
export type Histories = Map<string, MetricEvent[]>;

interface EventRow {
  user_id: string;
  id: string;
  event_type: string;
  at: number;
  value: number | null;
  metadata: Record<string, unknown> | null;
}

/**
 * `LATERAL … OFFSET 0` fixes the order: for each user one scan of the index by user, type and time. Left to itself the planner
 * has turned it round while the tables were small, and kept that plan.
 */
const select = (withMetadata: boolean): string => `
  SELECT stored.* FROM (SELECT user_id, ${toTimestamp('starts')} AS starts
        FROM unnest($1::text[], $2::int8[]) AS given (user_id, starts)) AS wanted
  CROSS JOIN LATERAL (
    SELECT e.user_id, e.id, e.event_type, ${toMilliseconds('e.created_at')} AS at, e.value,
           ${withMetadata ? 'e.event_metadata' : 'NULL::jsonb'} AS metadata
    FROM experimentation.events e
    WHERE e.user_id = wanted.user_id AND e.event_type = ANY ($3::text[]) AND e.created_at >= wanted.starts AND e.project_id = $4
    ORDER BY e.created_at, e.id OFFSET 0) stored`;

/** Reads what is stored of the given users; one index scan per user and partition. */
export async function readHistory(
  client: pg.ClientBase,
  projectId: string,
  wanted: readonly HistoryWanted[],
  eventTypes: readonly string[],
  withMetadata: boolean,
): Promise<Histories> {
  const histories: Histories = new Map();
  if (wanted.length === 0 || eventTypes.length === 0) return histories;
  const { rows } = await client.query<EventRow>({
    name: withMetadata ? 'assay-read-history-metadata' : 'assay-read-history',
    text: select(withMetadata),
    values: [
      textArray(wanted.map(({ userId }) => userId)),
      plainArray(wanted.map(({ from }) => from)),
      textArray(eventTypes),
      projectId,
    ],
  });
  for (const row of rows) {
    const { metadata, value } = row;
    const event: MetricEvent = { key: row.id, eventType: row.event_type, at: Math.round(row.at), value, metadata };
    const held = histories.get(row.user_id);
    if (held === undefined) histories.set(row.user_id, [event]);
    else held.push(event);
  }
  return histories;
}
