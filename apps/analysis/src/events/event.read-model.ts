import type { StoredEvent } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { readTimeCursor, writeTimeCursor } from './keyset-cursor.js';

export interface EventFilter {
  readonly userId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly experimentId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface EventRow {
  id: string;
  event_id: string;
  event_type: string;
  user_id: string;
  at: string;
  value: number | null;
  experiment_id: string | null;
  variant_id: string | null;
  feature_flag_id: string | null;
  event_metadata: Record<string, unknown>;
  stored_at: Date;
}

/** How far back a list without a user or an experiment looks, step by step, by the time of storing. */
const LOOK_BACK_HOURS = [1, 24, 24 * 30, 24 * 3_650];

/** Reads stored events, newest first. */
@Injectable()
export class EventReadModel {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async page(projectId: string, filter: EventFilter, limit: number, cursor: string | undefined) {
    const rows = await this.rows(projectId, filter, limit + 1, cursor);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(toEvent),
      nextCursor: last === undefined ? null : writeTimeCursor({ at: last.at, id: last.id }),
      total: null,
    };
  }

  private async rows(
    projectId: string,
    filter: EventFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<EventRow[]> {
    const isIndexed = filter.userId !== undefined || filter.experimentId !== undefined;
    if (isIndexed) return this.select(projectId, filter, limit, cursor, null);
    // The index by time of storing is a coarse one (BRIN): it is quick for a period, so the period is widened until full.
    for (const hours of LOOK_BACK_HOURS) {
      const rows = await this.select(projectId, filter, limit, cursor, hours);
      if (rows.length >= limit || hours === LOOK_BACK_HOURS.at(-1)) return rows;
    }
    return [];
  }

  private async select(
    projectId: string,
    filter: EventFilter,
    limit: number,
    cursor: string | undefined,
    storedWithinHours: number | null,
  ): Promise<EventRow[]> {
    const after = cursor === undefined ? undefined : readTimeCursor(cursor);
    const conditions: string[] = ['project_id = $1'];
    const values: unknown[] = [projectId];
    const where = (sql: string, ...given: unknown[]): void => {
      conditions.push(sql.replaceAll('?', () => `$${values.push(given.shift())}`));
    };
    if (filter.userId !== undefined) where('user_id = ?', filter.userId);
    if (filter.eventType !== undefined) where('event_type = ?', filter.eventType);
    if (filter.experimentId !== undefined) where('experiment_id = ?', filter.experimentId);
    if (filter.from !== undefined) where('created_at >= ?', filter.from);
    if (filter.to !== undefined) where('created_at < ?', filter.to);
    if (storedWithinHours !== null) where("updated_at > now() - ? * interval '1 hour'", storedWithinHours);
    if (after !== undefined) where('(created_at, id) < (?::timestamptz, ?::uuid)', after.at, after.id);
    const { rows } = await this.pool.query<EventRow>(
      `SELECT id, event_id, event_type, user_id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
              value, experiment_id, variant_id, feature_flag_id, event_metadata, updated_at AS stored_at
       FROM experimentation.events WHERE ${conditions.join(' AND ')}
       ORDER BY created_at DESC, id DESC LIMIT $${values.push(limit)}`,
      values,
    );
    return rows;
  }
}

const toEvent = (row: EventRow): StoredEvent => ({
  id: row.event_id,
  eventType: row.event_type,
  userId: row.user_id,
  timestamp: new Date(row.at).toISOString(),
  value: row.value,
  experimentId: row.experiment_id,
  variantId: row.variant_id,
  flagId: row.feature_flag_id,
  metadata: row.event_metadata,
  storedAt: row.stored_at.toISOString(),
});
