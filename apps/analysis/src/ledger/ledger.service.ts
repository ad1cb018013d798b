import { eventAccepted, eventRejected, type Ledger } from '@assay/contracts';
import { LogAdmin } from '@assay/messaging';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ANALYSIS_GROUP } from '../apply/events.consumer.js';

interface Counts {
  consumed: string;
  stored: string;
  duplicate: string;
  rejected: string;
  dead: string;
}

const SELECT = `
  SELECT coalesce(sum(consumed), 0) AS consumed, coalesce(sum(stored), 0) AS stored, coalesce(sum(duplicate), 0) AS duplicate,
    (SELECT count(*) FROM experimentation.rejected_events WHERE project_id = $1 AND replayed_at IS NULL) AS rejected,
    (SELECT count(*) FROM experimentation.dead_letters
      WHERE topic = $2 AND group_id = $3 AND status <> 'replayed' AND scope = $1::text) AS dead
  FROM experimentation.ledger_counters WHERE project_id = $1`;

/** Tells where every received event of a project is. */
@Injectable()
export class LedgerService {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly log: LogAdmin,
  ) {}

  /**
   * `received` is what was read from the log plus what is still in it plus what was refused at the edge; `stored` and
   * `duplicate` are counted apart, as rows were or were not inserted. That they agree is what the ledger shows.
   *
   * What is pending is read first: an event that is applied meanwhile is seen twice for a moment rather than not at all, and
   * when nothing is pending the counts are complete.
   */
  async read(projectId: string): Promise<Ledger> {
    const [events, rejections] = await Promise.all([
      this.pending(eventAccepted, projectId),
      this.pending(eventRejected, projectId),
    ]);
    return toLedger(await this.counts(projectId), events + rejections);
  }

  private async counts(projectId: string): Promise<Counts> {
    const { rows } = await this.pool.query<Counts>(SELECT, [projectId, eventAccepted.name, ANALYSIS_GROUP]);
    const [counts] = rows;
    if (counts === undefined) throw new Error('an aggregate without a row');
    return counts;
  }

  private async pending(topic: typeof eventAccepted | typeof eventRejected, projectId: string): Promise<number> {
    const byScope = await this.log.pendingByScope(ANALYSIS_GROUP, topic);
    return byScope.get(projectId) ?? 0;
  }
}

function toLedger(counts: Counts, pending: number): Ledger {
  const consumed = Number(counts.consumed);
  const rejected = Number(counts.rejected);
  const deadLettered = Number(counts.dead);
  return {
    received: consumed + deadLettered + rejected + pending,
    stored: Number(counts.stored),
    duplicate: Number(counts.duplicate),
    rejected,
    deadLettered,
    pending,
  };
}
