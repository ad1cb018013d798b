import type { Page, QueryOf, RefusedEvent, listRejectedEvents } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { readTimeCursor, writeTimeCursor } from './keyset-cursor.js';
import { Conditions, prefixPattern } from './sql-conditions.js';

interface RejectedRow {
  id: string;
  reason: string;
  message: string;
  payload: unknown;
  at: string;
  replayed_at: Date | null;
}

/** Reads refused events by the time of their refusal. */
@Injectable()
export class RejectedEventReadModel {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async page(projectId: string, query: QueryOf<typeof listRejectedEvents>): Promise<Page<RefusedEvent>> {
    const { limit, cursor, sort, q, code } = query;
    const [order, beyond] = sort === 'rejectedAt' ? (['ASC', '>'] as const) : (['DESC', '<'] as const);
    const found = Conditions.none
      .and('project_id = ?', projectId)
      .andIf('reason = ?', code)
      .andIf('message LIKE ?', prefixPattern(q));
    const after = cursor === undefined ? undefined : readTimeCursor(cursor);
    const { sql, values } =
      after === undefined
        ? found
        : found.and(`(created_at, id) ${beyond} (?::timestamptz, ?::uuid)`, after.at, after.id);
    const [{ rows }, counted] = await Promise.all([
      this.pool.query<RejectedRow>(
        `SELECT id, reason, message, payload, replayed_at,
                to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
         FROM experimentation.rejected_events WHERE ${sql}
         ORDER BY created_at ${order}, id ${order} LIMIT $${values.length + 1}`,
        [...values, limit + 1],
      ),
      this.pool.query<{ total: string }>(
        `SELECT count(*) AS total FROM experimentation.rejected_events WHERE ${found.sql}`,
        [...found.values],
      ),
    ]);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(toRefused),
      nextCursor: last === undefined ? null : writeTimeCursor({ at: last.at, id: last.id }),
      total: Number(counted.rows[0]?.total ?? 0),
    };
  }
}

const toRefused = (row: RejectedRow): RefusedEvent => ({
  id: row.id,
  code: row.reason,
  message: row.message,
  event: row.payload,
  rejectedAt: new Date(row.at).toISOString(),
  replayedAt: row.replayed_at?.toISOString() ?? null,
});
