import { eventReplayed, type ReplayedEvents } from '@assay/contracts';
import { LogHandler } from '@assay/messaging';
import { POOL } from '@assay/platform';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type pg from 'pg';
import { ANALYSIS_GROUP } from '../apply/events.consumer.js';

/** Marks refused events that were taken after all; they are then counted among the events, not among the refused. */
@Controller()
export class ReplaysConsumer {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  @LogHandler(eventReplayed, { group: ANALYSIS_GROUP, mode: 'single' })
  async handle(@Payload() { projectId, ids, at }: ReplayedEvents): Promise<void> {
    await this.pool.query(
      `UPDATE experimentation.rejected_events SET replayed_at = $3
       WHERE project_id = $1 AND id = ANY($2::uuid[]) AND replayed_at IS NULL`,
      [projectId, ids, new Date(at)],
    );
  }
}
