import type { AcceptedEvent } from '@assay/contracts';
import type pg from 'pg';
import { plainArray, textArray } from './pg-arrays.js';

const INSERT = `
  INSERT INTO experimentation.events
    (id, project_id, event_id, event_type, user_id, experiment_id, variant_id, feature_flag_id, value, event_metadata, created_at)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
                       $9::float8[], $10::jsonb[], $11::timestamptz[])
  ON CONFLICT DO NOTHING
  RETURNING id`;

/**
 * Stores a batch and returns the events that were new. An event whose key is stored already, by an earlier batch or earlier
 * in this one, falls out here and nowhere else. Rows go in the order of their keys, so that two consumers that insert the
 * same keys wait for each other instead of deadlocking.
 */
export async function storeEvents(client: pg.ClientBase, events: readonly AcceptedEvent[]): Promise<AcceptedEvent[]> {
  if (events.length === 0) return [];
  const first = new Map<string, AcceptedEvent>();
  for (const event of events) if (!first.has(event.key)) first.set(event.key, event);
  const rows = [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { rows: stored } = await client.query<{ id: string }>({
    name: 'assay-store-events',
    text: INSERT,
    values: [
      plainArray(rows.map(({ key }) => key)),
      plainArray(rows.map(({ projectId }) => projectId)),
      textArray(rows.map(({ id }) => id)),
      textArray(rows.map(({ eventType }) => eventType)),
      textArray(rows.map(({ userId }) => userId)),
      plainArray(rows.map(({ experimentId }) => experimentId)),
      plainArray(rows.map(({ variantId }) => variantId)),
      plainArray(rows.map(({ flagId }) => flagId)),
      plainArray(rows.map(({ value }) => value)),
      textArray(rows.map(({ metadata }) => (metadata === null ? '{}' : JSON.stringify(metadata)))),
      plainArray(rows.map(({ at }) => new Date(at).toISOString())),
    ],
  });
  return stored.flatMap(({ id }) => first.get(id) ?? []);
}
