import { eventAccepted } from '@assay/contracts';
import type pg from 'pg';

/** First half of the advisory lock's key; any constant of our own. */
const LOCK_CLASS = 0x61737361; // "assa"

/** Units are divided by user over as many shards as the hot topics have partitions, so that a partition writes one shard. */
export const SHARDS = eventAccepted.partitions;

/**
 * Makes this transaction the only one that writes the shard. Events and assignments of a user come from two topics, so that
 * two consumers may be at work on one shard; a rebuild is a third.
 */
export async function lockShard(client: pg.ClientBase, shard: number): Promise<void> {
  await client.query({
    name: 'assay-lock-shard',
    text: 'SELECT pg_advisory_xact_lock($1, $2)',
    values: [LOCK_CLASS, shard],
  });
}
