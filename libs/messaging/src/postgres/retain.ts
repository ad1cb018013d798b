import type { Topic } from '@assay/contracts';
import type pg from 'pg';
import { lockKey } from './leases.js';

/**
 * Deletes the rows that are older than their topic keeps records and that every group has handled. Topics that are compacted
 * on Kafka are kept whole here: they hold definitions, which are few, and their readers begin with the database.
 *
 * @returns the number of records deleted; 0 when another process is at it.
 */
export async function retainPostgres(pool: pg.Pool, topics: readonly Topic[]): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
      lockKey('retention'),
    ]);
    let deleted = 0;
    if (rows[0]?.mine === true) {
      for (const topic of topics) {
        if (topic.retention.kind === 'delete') deleted += await deleteOld(client, topic.name, topic.retention.hours);
      }
    }
    await client.query('COMMIT');
    client.release();
    return deleted;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function deleteOld(client: pg.PoolClient, topic: string, hours: number): Promise<number> {
  const { rows } = await client.query<{ deleted: string }>(
    `WITH gone AS (
       DELETE FROM experimentation.log_batches b
       WHERE b.topic = $1 AND b.created_at < now() - make_interval(secs => $2::float8 * 3600)
         AND NOT EXISTS (SELECT 1 FROM experimentation.consumer_offsets o
           WHERE o.topic = b.topic AND o.partition = b.partition AND o.next_offset < b.base_offset + b.record_count)
       RETURNING b.record_count)
     SELECT coalesce(sum(record_count), 0) AS deleted FROM gone`,
    [topic, hours],
  );
  return Number(rows[0]?.deleted ?? 0);
}
