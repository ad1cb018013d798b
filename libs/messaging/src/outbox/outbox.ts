import type { Topic } from '@assay/contracts';
import { Clock, currentTrace, tracing } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import { LOG_SETTINGS, type LogSettings } from '../log/log-options.js';
import { jsonOf } from '../log/encoded-record.js';
import { encoder } from '../log/log-producer.js';
import type { NewRecord } from '../log/records.js';
import { sqlOf, type Transaction } from '../log/transaction.js';

/**
 * Ids come from a sequence, which does not wait for commits; the lock on the key, held until commit, makes the order of ids
 * the order of commits for messages of one key.
 */
const INSERT = `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended($1::text || '/' || $2::text, 0)))
INSERT INTO experimentation.outbox (topic, key, scope, envelope)
SELECT $1::text, $2::text, $3::text, $4::jsonb FROM held`;

/** Messages that must agree with a database change: written in its transaction, published after its commit. */
@Injectable()
export class Outbox {
  constructor(
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes a message in the caller's transaction; the relay publishes it once that has committed. With an entity manager, what
   * is pending in it is flushed first, so that rows are locked in the same order everywhere.
   *
   * @throws when the entity manager is not in a transaction.
   */
  async add<T>(transaction: Transaction, topic: Topic<T>, record: NewRecord<T>): Promise<void> {
    const client = sqlOf(transaction);
    if ('isInTransaction' in transaction) await transaction.flush();
    const { source } = this.settings;
    const traceparent = tracing() === undefined ? undefined : currentTrace()?.traceparent;
    const occasion = { source, now: this.clock.now(), traceparent };
    const encoded = encoder(topic, occasion)(record);
    await client.query(INSERT, [topic.name, encoded.key, encoded.scope, jsonOf(encoded)]);
  }
}
