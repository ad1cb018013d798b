import { AppError, type StoredEvent } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { EventCounts } from './event-counts.read-model.js';
import { eventConditions, isIndexed, type EventFilter } from './event-filter.js';
import { readTimeCursor, writeTimeCursor } from './keyset-cursor.js';
import type { Conditions } from './sql-conditions.js';

/** Which page of a list, in which direction of time. */
export interface EventPage {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly oldestFirst: boolean;
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

/** How far back a list without a user or an experiment looks, step by step, by the time of storing, before it reads them all. */
const LOOK_BACK_HOURS = [1, 24, 24 * 30];

/** Reads stored events by the time they happened. */
@Injectable()
export class EventReadModel {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly counts: EventCounts,
  ) {}

  /** @throws AppError `validation_failed` for the oldest of very many events that no index puts in order */
  async page(projectId: string, filter: EventFilter, { limit, cursor, oldestFirst }: EventPage) {
    if (oldestFirst && !isIndexed(filter) && !(await this.counts.mayReadAll(projectId))) {
      throw AppError.field(
        'sort',
        'can be timestamp only together with userId or experiment: there are too many events',
      );
    }
    const [rows, total] = await Promise.all([
      this.rows(projectId, filter, { limit: limit + 1, cursor, oldestFirst }),
      this.counts.total(projectId, filter),
    ]);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(toEvent),
      nextCursor: last === undefined ? null : writeTimeCursor({ at: last.at, id: last.id }),
      total,
    };
  }

  private async rows(projectId: string, filter: EventFilter, page: EventPage): Promise<EventRow[]> {
    const conditions = eventConditions(projectId, filter);
    // The index by time of storing is a coarse one (BRIN): it is quick for a period, so the period is widened until full.
    const periods = isIndexed(filter) || page.oldestFirst ? [] : LOOK_BACK_HOURS;
    for (const hours of periods) {
      const rows = await this.select(conditions.and("updated_at > now() - ? * interval '1 hour'", hours), page);
      if (rows.length >= page.limit) return rows;
    }
    return this.select(conditions, page);
  }

  private async select(filtered: Conditions, { limit, cursor, oldestFirst }: EventPage): Promise<EventRow[]> {
    const after = cursor === undefined ? undefined : readTimeCursor(cursor);
    const order = oldestFirst ? 'ASC' : 'DESC';
    const conditions =
      after === undefined
        ? filtered
        : filtered.and(`(created_at, id) ${oldestFirst ? '>' : '<'} (?::timestamptz, ?::uuid)`, after.at, after.id);
    const { rows } = await this.pool.query<EventRow>(
      `SELECT id, event_id, event_type, user_id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
              value, experiment_id, variant_id, feature_flag_id, event_metadata, updated_at AS stored_at
       FROM experimentation.events WHERE ${conditions.sql}
       ORDER BY created_at ${order}, id ${order} LIMIT $${conditions.values.length + 1}`,
      [...conditions.values, limit],
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
