import { asStorableText, eventRejected, type RejectedEvent } from '@assay/contracts';
import { LogHandler, type LogBatch, type LogContext } from '@assay/messaging';
import { POOL } from '@assay/platform';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type pg from 'pg';
import { ANALYSIS_GROUP } from '../apply/events.consumer.js';
import { plainArray, textArray } from '../apply/pg-arrays.js';

const INSERT = `
  INSERT INTO experimentation.rejected_events (id, project_id, reason, message, payload, created_at)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[])
  ON CONFLICT DO NOTHING`;

/** Keeps refused events, so that they can be looked at and replayed. */
@Controller()
export class RejectionsConsumer {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  @LogHandler(eventRejected, { group: ANALYSIS_GROUP, mode: 'batch', maxBatch: 1_000 })
  async handle(@Payload() batch: LogBatch<RejectedEvent>, @Ctx() _context: LogContext): Promise<void> {
    const events = batch.records.map(({ data }) => data);
    // The id is made before the event goes into the log: a redelivery changes nothing.
    await this.pool.query(INSERT, [
      plainArray(events.map(({ id }) => id)),
      plainArray(events.map(({ projectId }) => projectId)),
      textArray(events.map(({ code }) => code)),
      // It may quote what was sent.
      textArray(events.map(({ message }) => message.replaceAll('\u0000', '\ufffd'))),
      textArray(events.map(({ payload }) => storable(payload))),
      plainArray(events.map(({ at }) => new Date(at).toISOString())),
    ]);
  }
}

/** What was sent, as jsonb can hold it: it may have been refused for what jsonb refuses. */
const storable = (payload: unknown): string => asStorableText(JSON.stringify(payload ?? null));
