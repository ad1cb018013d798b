import { KeyUse } from '@assay/auth';
import { SCHEMA } from '@assay/models';
import { POOL } from '@assay/platform';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type pg from 'pg';

const EVERY_MS = 30_000;

const UPDATE = `
  update ${SCHEMA}.api_keys k
     set last_used_at = greatest(k.last_used_at, used.at)
    from unnest($1::uuid[], $2::timestamptz[]) as used (id, at)
   where k.id = used.id`;

/** Writes down when keys were used last, now and then and in one statement: never on the way of a request. */
@Injectable()
export class KeyUseJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('identity');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly use: KeyUse,
    @Inject(POOL) private readonly pool: pg.Pool,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** What cannot be written is let go: the next use of the key says the same. */
  async flush(): Promise<void> {
    const used = this.use.drain();
    if (used.size === 0) return;
    try {
      await this.pool.query(UPDATE, [[...used.keys()], [...used.values()].map((at) => new Date(at))]);
    } catch (error) {
      this.logger.warn({ err: String(error) }, 'the last use of api keys could not be written down');
    }
  }
}
