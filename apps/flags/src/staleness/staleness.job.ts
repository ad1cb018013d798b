import { flagStale, type StaleReason } from '@assay/contracts';
import { Outbox } from '@assay/messaging';
import { Clock } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { inTurn } from '../schedules/turn.js';

export interface StalenessSettings {
  /** Days without a change, or without an evaluation. */
  readonly days: number;
  /** Milliseconds between two looks; 0 leaves it to other processes. */
  readonly intervalMs: number;
}

/** Injection token. */
export const STALENESS = Symbol('assay:flags:staleness');

/**
 * Flags whose reason has changed, with the reason they have now (null: not stale). Fully rolled out: active for everybody, one
 * variant, no rules, unchanged for so long. Not evaluated: nobody has asked for so long, though it has been there.
 */
const CHANGED = `
  with judged as (
    select f.id, f.key, f.project_id, f.stale_reason, case
      when f.archived_at is not null then null
      when f.status = 'ACTIVE' and not f.expert_definition and f.rollout_percentage = 100 and f.targeting_rules = '[]'
        and f.environment_settings = '{}' and f.updated_at < ?
        and (select count(*) from jsonb_array_elements(f.variants) v where (v ->> 'weight')::numeric > 0) <= 1
        then 'fully_rolled_out'
      when f.created_at < ? and not exists (
        select from experimentation.flag_evaluation_counts c where c.feature_flag_id = f.id and c.last_at >= ?)
        then 'not_evaluated'
      end as reason
    from experimentation.feature_flags f)
  select id, key, project_id, reason from judged where reason is distinct from stale_reason limit 1000`;

const MARK = `update experimentation.feature_flags set stale_reason = ?, stale_since = ? where id = ?`;

interface Row {
  readonly id: string;
  readonly key: string;
  readonly project_id: string;
  readonly reason: StaleReason | null;
}

/** Finds flags that may be removed from the code, marks them and tells of them once. One process at a time. */
@Injectable()
export class StalenessJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('staleness');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    @Inject(STALENESS) private readonly settings: StalenessSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { intervalMs } = this.settings;
    if (intervalMs <= 0) return;
    this.timer = setInterval(() => {
      this.run().catch((error: unknown) => this.logger.warn({ err: String(error) }, 'flags cannot be looked through'));
    }, intervalMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Gives how many flags have become stale, or are no longer. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const since = new Date(now.getTime() - this.settings.days * 86_400_000);
    const done = await inTurn(this.em, 'staleness', async (em) => {
      const rows = await em.execute<Row[]>(CHANGED, [since, since, since]);
      for (const { id, key, project_id: projectId, reason } of rows) {
        await em.execute(MARK, [reason, reason === null ? null : now, id]);
        if (reason === null) continue;
        const data = { projectId, flagId: id, key, reason, since: now.getTime() };
        await this.outbox.add(em, flagStale, { key: id, scope: projectId, data });
      }
      return rows.length;
    });
    return done ?? 0;
  }
}
