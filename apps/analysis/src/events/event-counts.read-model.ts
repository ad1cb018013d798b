import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { eventConditions, isEmpty, isIndexed, type EventFilter } from './event-filter.js';

/** More than this many are not counted one by one. */
const MOST_COUNTED = 10_000;
/** With more events than this in the installation, none are counted or put in order that no index finds: it would mean to read them all. */
const MOST_READ = 1_000_000;

const STORED = `
  SELECT coalesce(sum(stored) FILTER (WHERE project_id = $1), 0)::float8 AS own, coalesce(sum(stored), 0)::float8 AS everywhere
  FROM experimentation.ledger_counters`;

/** Tells how many events a list is of. */
@Injectable()
export class EventCounts {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** Exact; null when there are too many to be counted while somebody waits. */
  async total(projectId: string, filter: EventFilter): Promise<number | null> {
    if (isIndexed(filter)) return this.counted(projectId, filter);
    const { own, everywhere } = await this.stored(projectId);
    // The ledger counts an event in the transaction that stores it.
    if (isEmpty(filter)) return own;
    return everywhere > MOST_READ ? null : this.counted(projectId, filter);
  }

  /** Whether there are so few events in the installation that all of them may be read while somebody waits. */
  async mayReadAll(projectId: string): Promise<boolean> {
    return (await this.stored(projectId)).everywhere <= MOST_READ;
  }

  private async stored(projectId: string): Promise<{ own: number; everywhere: number }> {
    const { rows } = await this.pool.query<{ own: number; everywhere: number }>(STORED, [projectId]);
    return rows[0] ?? { own: 0, everywhere: 0 };
  }

  private async counted(projectId: string, filter: EventFilter): Promise<number | null> {
    const { sql, values } = eventConditions(projectId, filter);
    const { rows } = await this.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM
         (SELECT FROM experimentation.events WHERE ${sql} LIMIT ${MOST_COUNTED + 1}) AS found`,
      [...values],
    );
    const count = rows[0]?.count ?? 0;
    return count > MOST_COUNTED ? null : count;
  }
}
