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
   */
  async read(projectId: string): Promise<Ledger> {
    // Pending first: what is applied between the two reads is then counted twice rather than missed, so read again if so.
    const before = await this.counts(projectId);
    const pendingEvents = await this.pending(eventAccepted, projectId);
    const pendingRejections = await this.pending(eventRejected, projectId);
    const after = await this.counts(projectId);
    if (before.consumed !== after.consumed || before.rejected !== after.rejected || before.dead !== after.dead) {
      return this.readBusy(projectId);
    }
    return toLedger(after, pendingEvents + pendingRejections);
  }

  /** While events stream in the two reads never agree: then one snapshot of the database says it, where the log is in it. */
  private async readBusy(projectId: string): Promise<Ledger> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = await this.counts(projectId);
      const pending = (await this.pending(eventAccepted, projectId)) + (await this.pending(eventRejected, projectId));
      const after = await this.counts(projectId);
      if (before.consumed === after.consumed && before.rejected === after.rejected) return toLedger(after, pending);
    }
    const pending = (await this.pending(eventAccepted, projectId)) + (await this.pending(eventRejected, projectId));
    return toLedger(await this.counts(projectId), pending);
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
