import type pg from 'pg';
import type { MetricEvent } from '../plan/metric-plan.js';
import { textArray } from './pg-arrays.js';
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

/** One scan of the index by user, type and time for all the users, in each partition. */
const select = (withMetadata: boolean): string => `
  SELECT e.user_id, e.id, e.event_type, ${toMilliseconds('e.created_at')} AS at, e.value,
         ${withMetadata ? 'e.event_metadata' : 'NULL::jsonb'} AS metadata
  FROM experimentation.events e
  WHERE e.user_id = ANY ($1::text[]) AND e.event_type = ANY ($2::text[]) AND e.project_id = $3
    AND e.created_at >= ${toTimestamp('$4::int8')}`;

/**
 * Users whose histories begin within so long are read together, from the earliest beginning on; what came before a user's own
 * is left out here.
 */
const TOGETHER_MS = 30 * 86_400_000;

/** Reads what is stored of the given users. */
export async function readHistory(
  client: pg.ClientBase,
  projectId: string,
  wanted: readonly HistoryWanted[],
  eventTypes: readonly string[],
  withMetadata: boolean,
): Promise<Histories> {
  const histories: Histories = new Map();
  if (eventTypes.length === 0) return histories;
  for (const starts of groupsOf(wanted)) {
    const { rows } = await client.query<EventRow>({
      name: withMetadata ? 'assay-read-history-metadata' : 'assay-read-history',
      text: select(withMetadata),
      values: [textArray([...starts.keys()]), textArray(eventTypes), projectId, Math.min(...starts.values())],
    });
    for (const row of rows) {
      const event = toEvent(row);
      if (event.at < (starts.get(row.user_id) ?? Infinity)) continue;
      const held = histories.get(row.user_id);
      if (held === undefined) histories.set(row.user_id, [event]);
      else held.push(event);
    }
  }
  for (const events of histories.values()) if (events.length > 1) events.sort(inOrder);
  return histories;
}

const toEvent = ({ id, event_type, at, value, metadata }: EventRow): MetricEvent => ({
  key: id,
  eventType: event_type,
  at: Math.round(at),
  value,
  metadata,
});

/** Beginnings by user, of users who may be read together. */
function groupsOf(wanted: readonly HistoryWanted[]): Iterable<Map<string, number>> {
  const groups = new Map<number, Map<string, number>>();
  for (const { userId, from } of wanted) {
    const span = Math.floor(from / TOGETHER_MS);
    const group = groups.get(span) ?? new Map<string, number>();
    groups.set(span, group.set(userId, from));
  }
  return groups.values();
}

/** By time, then key. Sorted here: a user has few events, and a sort for each of thousands of users costs the server more. */
const inOrder = (a: MetricEvent, b: MetricEvent): number => a.at - b.at || (a.key < b.key ? -1 : 1);
