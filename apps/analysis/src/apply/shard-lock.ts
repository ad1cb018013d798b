import { eventAccepted } from '@assay/contracts';

/** First half of the advisory lock's key; any constant of our own. */
const LOCK_CLASS = 0x61737361; // "assa"

/** Units are divided by user over as many shards as the hot topics have partitions, so that a partition writes one shard. */
export const SHARDS = eventAccepted.partitions;

/**
 * The statement that makes a transaction the only one that writes the shard. Events and assignments of a user come from two
 * topics, so that two consumers may be at work on one shard; a rebuild is a third.
 */
export const lockingShard = (shard: number): string =>
  `SELECT pg_advisory_xact_lock(${LOCK_CLASS}, ${Math.trunc(shard)})`;
