import type { DeadLetter, Page, QueryOf, listDeadLetters } from '@assay/contracts';
import type { DeadLetterSummary } from '@assay/messaging';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Conditions, prefixPattern } from '../events/sql-conditions.js';
import { toDeadLetter } from './to-dead-letter.js';

const COLUMNS = `id, topic, partition, message_offset::float8 AS "offset", group_id AS "group", key, scope, error, error_code AS code,
  attempts, status, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Lists what was put aside, of a project or of none. */
@Injectable()
export class DeadLettersReadModel {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async page(projectId: string, query: QueryOf<typeof listDeadLetters>): Promise<Page<DeadLetter>> {
    const { limit, cursor, sort, q, topic, group, status } = query;
    // Ids sort by the time of their making.
    const [order, beyond] = sort === 'createdAt' ? (['ASC', '>'] as const) : (['DESC', '<'] as const);
    const found = Conditions.none
      .and('(scope = ? OR scope IS NULL)', projectId)
      .andIf('topic = ?', topic)
      .andIf('group_id = ?', group)
      .andIf('status = ?', status)
      .andIf('error LIKE ?', prefixPattern(q));
    const { sql, values } = found.andIf(`id ${beyond} ?::uuid`, cursor);
    const [{ rows }, counted] = await Promise.all([
      this.pool.query<DeadLetterSummary>(
        `SELECT ${COLUMNS} FROM experimentation.dead_letters WHERE ${sql} ORDER BY id ${order} LIMIT $${values.length + 1}`,
        [...values, limit + 1],
      ),
      this.pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM experimentation.dead_letters WHERE ${found.sql}`,
        [...found.values],
      ),
    ]);
    const items = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
    return { items: items.map(toDeadLetter), nextCursor, total: counted.rows[0]?.count ?? 0 };
  }
}
