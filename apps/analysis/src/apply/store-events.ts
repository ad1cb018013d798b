import type { AcceptedEvent } from '@assay/contracts';
import type pg from 'pg';
import { plainArray, textArray } from './pg-arrays.js';
import { toTimestamp } from './sql-times.js';

/** Answers the ids only when some are missing: usually all are new, and thousands of them need not be sent back. */
const INSERT = `
  WITH stored AS (
    INSERT INTO experimentation.events
      (id, project_id, event_id, event_type, user_id, experiment_id, variant_id, feature_flag_id, value, event_metadata, created_at)
    SELECT id, $2::uuid, event_id, event_type, user_id, experiment_id, variant_id, flag_id, value, metadata,
           ${toTimestamp('at')}
    FROM unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::float8[], $10::jsonb[],
                $11::int8[])
      AS event (id, event_id, event_type, user_id, experiment_id, variant_id, flag_id, value, metadata, at)
    ON CONFLICT DO NOTHING
    RETURNING id)
  SELECT count(*)::int AS count, CASE WHEN count(*) < $12::int THEN array_agg(id) END AS ids FROM stored`;

/**
 * Stores a batch and returns the events that were new. An event whose key is stored already, by an earlier batch or earlier
 * in this one, falls out here and nowhere else. Rows go in the order of their keys, so that two consumers that insert the
 * same keys wait for each other instead of deadlocking.
 */
export async function storeEvents(client: pg.ClientBase, events: readonly AcceptedEvent[]): Promise<AcceptedEvent[]> {
  const first = new Map<string, AcceptedEvent>();
  for (const event of events) if (!first.has(event.key)) first.set(event.key, event);
  const stored: AcceptedEvent[] = [];
  for (const [projectId, rows] of byProject(first.values())) {
    for (const event of await storeRows(client, projectId, rows.sort(byKey))) stored.push(event);
  }
  return stored;
}

async function storeRows(
  client: pg.ClientBase,
  projectId: string,
  rows: readonly AcceptedEvent[],
): Promise<readonly AcceptedEvent[]> {
  const { rows: answers } = await client.query<{ count: number; ids: readonly string[] | null }>({
    name: 'assay-store-events',
    text: INSERT,
    values: [
      plainArray(rows.map(({ key }) => key)),
      projectId,
      textArray(rows.map(({ id }) => id)),
      textArray(rows.map(({ eventType }) => eventType)),
      textArray(rows.map(({ userId }) => userId)),
      plainArray(rows.map(({ experimentId }) => experimentId)),
      plainArray(rows.map(({ variantId }) => variantId)),
      plainArray(rows.map(({ flagId }) => flagId)),
      plainArray(rows.map(({ value }) => value)),
      textArray(rows.map(({ metadata }) => (metadata === null ? '{}' : JSON.stringify(metadata)))),
      plainArray(rows.map(({ at }) => at)),
      rows.length,
    ],
  });
  const [answer] = answers;
  if (answer?.count === rows.length) return rows;
  const ids = new Set(answer?.ids);
  return rows.filter(({ key }) => ids.has(key));
}

const byKey = (a: AcceptedEvent, b: AcceptedEvent): number => (a.key < b.key ? -1 : 1);

/** In the order of the projects' ids, for the same reason as the rows. */
function byProject(events: Iterable<AcceptedEvent>): [string, AcceptedEvent[]][] {
  const projects = new Map<string, AcceptedEvent[]>();
  for (const event of events) {
    const held = projects.get(event.projectId);
    if (held === undefined) projects.set(event.projectId, [event]);
    else held.push(event);
  }
  return [...projects].sort(([a], [b]) => (a < b ? -1 : 1));
}
