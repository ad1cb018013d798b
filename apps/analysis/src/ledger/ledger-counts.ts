import type { AcceptedEvent } from '@assay/contracts';
import type pg from 'pg';

const ADD = `
  INSERT INTO experimentation.ledger_counters AS c (project_id, shard, consumed, stored, duplicate)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (project_id, shard) DO UPDATE
    SET consumed = c.consumed + excluded.consumed, stored = c.stored + excluded.stored,
        duplicate = c.duplicate + excluded.duplicate`;

/** Counts a batch per project: how many came, how many were stored, how many were known already. */
export async function countEvents(
  client: pg.ClientBase,
  shard: number,
  events: readonly AcceptedEvent[],
  stored: readonly AcceptedEvent[],
): Promise<void> {
  const consumed = countBy(events);
  const kept = countBy(stored);
  for (const [projectId, count] of consumed) {
    const fresh = kept.get(projectId) ?? 0;
    await client.query({
      name: 'assay-count-events',
      text: ADD,
      values: [projectId, shard, count, fresh, count - fresh],
    });
  }
}

function countBy(events: readonly AcceptedEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { projectId } of events) counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
  return counts;
}
