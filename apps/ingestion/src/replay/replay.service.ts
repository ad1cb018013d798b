import { eventReplayed, type Scope } from '@assay/contracts';
import { LogProducer } from '@assay/messaging';
import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { IntakeService } from '../intake/intake.service.js';

export interface ReplayFilter {
  readonly ids?: readonly string[] | undefined;
  readonly code?: string | undefined;
}

/** Most refused events tried in one call; `remaining` says whether there are more. */
const LIMIT = 1_000;

/** Tries refused events again: what is taken now goes into the log as if it had just been sent. */
@Injectable()
export class ReplayService {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly intake: IntakeService,
    private readonly producer: LogProducer,
    private readonly clock: Clock,
  ) {}

  async replay(
    scope: Scope,
    filter: ReplayFilter,
  ): Promise<{ replayed: number; refusedAgain: number; remaining: number }> {
    const { rows } = await this.pool.query<{ id: string; payload: unknown; total: string }>(
      `SELECT id, payload, count(*) OVER () AS total FROM experimentation.rejected_events
       WHERE project_id = $1 AND replayed_at IS NULL AND ($2::uuid[] IS NULL OR id = ANY($2)) AND ($3::text IS NULL OR reason = $3)
       ORDER BY created_at, id LIMIT $4`,
      [scope.projectId, filter.ids ?? null, filter.code ?? null, LIMIT],
    );
    if (rows.length === 0) return { replayed: 0, refusedAgain: 0, remaining: 0 };
    const { rejected } = await this.intake.take(
      scope,
      rows.map(({ payload }) => payload),
      { keepRefused: false },
    );
    const refused = new Set(rejected.map(({ index }) => index));
    const ids = rows.flatMap(({ id }, index) => (refused.has(index) ? [] : [id]));
    if (ids.length > 0) {
      const data = { projectId: scope.projectId, ids, at: this.clock.now().getTime() };
      await this.producer.append(eventReplayed, [{ key: scope.projectId, scope: scope.projectId, data }]);
    }
    const remaining = Number(rows[0]?.total ?? 0) - rows.length;
    return { replayed: ids.length, refusedAgain: refused.size, remaining };
  }
}
