import type { AcceptedEvent } from '@assay/contracts';
import type pg from 'pg';
import { plainArray, textArray } from './pg-arrays.js';
import { toTimestamp } from './sql-times.js';

const INSERT = `
  INSERT INTO experimentation.events
    (id, project_id, event_id, event_type, user_id, experiment_id, variant_id, feature_flag_id, value, event_metadata, created_at)
  SELECT id, $2::uuid, event_id, event_type, user_id, experiment_id, variant_id, flag_id, value, metadata,
         ${toTimestamp('at')}
  FROM ROWS FROM (
      unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::float8[], $10::int8[]),
      jsonb_array_elements($11::jsonb))
    AS event (id, event_id, event_type, user_id, experiment_id, variant_id, flag_id, value, at, metadata)
  ON CONFLICT DO NOTHING`;

/** Those of the rows that this transaction has stored. Asked only when some were there before: usually all are new. */
const STORED_NOW = `
  SELECT id FROM experimentation.events WHERE id = ANY ($1::uuid[]) AND xmin = pg_current_xact_id()::xid`;

/**
 * Stores a batch and returns the events that were new. An event whose key is stored already, by an earlier batch or earlier
 * in this one, falls out here and nowhere else. Rows go in the order of their keys, so that two consumers that insert the
 * same keys wait for each other instead of deadlocking.
 *
 * @param client in a transaction: which rows are new is told by its number
 */
export async function storeEvents(client: pg.ClientBase, events: readonly AcceptedEvent[]): Promise<AcceptedEvent[]> {
  const stored: AcceptedEvent[] = [];
  for (const rows of byProject(events)) {
    const distinct = rows.sort(byKey).filter(({ key }, index) => key !== rows[index - 1]?.key);
    for (const event of await storeRows(client, distinct)) stored.push(event);
  }
  return stored;
}

async function storeRows(client: pg.ClientBase, rows: readonly AcceptedEvent[]): Promise<readonly AcceptedEvent[]> {
  const ids = plainArray(rows.map(({ key }) => key));
  const { rowCount } = await client.query({
    name: 'assay-store-events',
    text: INSERT,
    values: [
      ids,
      rows[0]?.projectId,
      textArray(rows.map(({ id }) => id)),
      textArray(rows.map(({ eventType }) => eventType)),
      textArray(rows.map(({ userId }) => userId)),
      plainArray(rows.map(({ experimentId }) => experimentId)),
      plainArray(rows.map(({ variantId }) => variantId)),
      plainArray(rows.map(({ flagId }) => flagId)),
      plainArray(rows.map(({ value }) => value)),
      plainArray(rows.map(({ at }) => at)),
      JSON.stringify(rows.map(({ metadata }) => metadata ?? {})),
    ],
  });
  if (rowCount === rows.length) return rows;
  const answer = await client.query<{ id: string }>({
    name: 'assay-stored-now',
    text: STORED_NOW,
    values: [ids],
  });
  const stored = new Set(answer.rows.map(({ id }) => id));
  return rows.filter(({ key }) => stored.has(key));
}

/** The sort is stable: of equal keys the first to come stays first. */
const byKey = (a: AcceptedEvent, b: AcceptedEvent): number => (a.key < b.key ? -1 : Number(a.key > b.key));

/** In the order of the projects' ids, for the same reason as the rows. */
function byProject(events: readonly AcceptedEvent[]): AcceptedEvent[][] {
  const projects = new Map<string, AcceptedEvent[]>();
  for (const event of events) {
    const held = projects.get(event.projectId);
    if (held === undefined) projects.set(event.projectId, [event]);
    else held.push(event);
  }
  return [...projects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
}
