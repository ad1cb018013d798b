import type { Page, RefusedEvent } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { readTimeCursor, writeTimeCursor } from './keyset-cursor.js';

interface RejectedRow {
  id: string;
  reason: string;
  message: string;
  payload: unknown;
  at: string;
  replayed_at: Date | null;
}

/** Reads refused events, newest first. */
@Injectable()
export class RejectedEventReadModel {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async page(
    projectId: string,
    code: string | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<RefusedEvent>> {
    const after = cursor === undefined ? undefined : readTimeCursor(cursor);
    const { rows } = await this.pool.query<RejectedRow>(
      `SELECT id, reason, message, payload, replayed_at,
              to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM experimentation.rejected_events
       WHERE project_id = $1 AND ($2::text IS NULL OR reason = $2)
         AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [projectId, code ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    const { rows: counted } = await this.pool.query<{ total: string }>(
      'SELECT count(*) AS total FROM experimentation.rejected_events WHERE project_id = $1 AND ($2::text IS NULL OR reason = $2)',
      [projectId, code ?? null],
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(toRefused),
      nextCursor: last === undefined ? null : writeTimeCursor({ at: last.at, id: last.id }),
      total: Number(counted[0]?.total ?? 0),
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
