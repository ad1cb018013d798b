import { flagEvaluated, type FlagEvaluated } from '@assay/contracts';
import { LogHandler, type LogBatch, type LogContext } from '@assay/messaging';
import { POOL } from '@assay/platform';
import { Controller, Inject } from '@nestjs/common';
import type pg from 'pg';
import { EvaluationsRepository } from './evaluations.repository.js';

/** Adds up what the processes that evaluate have counted. */
@Controller()
export class EvaluationsConsumer {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly evaluations: EvaluationsRepository,
  ) {}

  @LogHandler(flagEvaluated, { group: 'flags', mode: 'batch', maxBatch: 500 })
  async add(batch: LogBatch<FlagEvaluated>, context: LogContext): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await this.evaluations.add(
        client,
        batch.records.map(({ data }) => data),
      );
      await context.commitWithin(client);
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}
