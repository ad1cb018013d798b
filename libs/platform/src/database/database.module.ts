import { ormOptions } from '@assay/models';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import {
  Global,
  Inject,
  Logger,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import pg from 'pg';
import { HealthChecks } from '../health/health-checks.js';
import { type DatabaseSettings, POOL } from './database-settings.js';

/** Raw pool for the hot paths (log, analysis); everything else goes through the entity manager. */
function createPool(settings: DatabaseSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.poolSize,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    application_name: settings.applicationName,
  });
  const logger = new Logger('database');
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  // A connection that breaks while it is in use fails its query; its own event must not end the process either.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => {
    // A server that is stopped together with us may be quicker to close a connection than we are.
    if (!pool.ending) logger.warn({ err: error.message }, 'an idle database connection was lost');
  });
  return pool;
}

/** The connection of one process to PostgreSQL: a MikroORM instance and a raw pool, both closed on shutdown. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    @Optional() checks?: HealthChecks,
  ) {
    checks?.register('database', () => pool.query('SELECT 1'));
  }

  static forRoot(settings: DatabaseSettings): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MikroOrmModule.forRoot({
          ...ormOptions({ clientUrl: settings.url, entities: settings.entities }),
          pool: { min: 0, max: settings.poolSize },
          registerRequestContext: false,
        }),
      ],
      providers: [{ provide: POOL, useFactory: () => createPool(settings) }],
      // The entity manager is exported by MikroORM's own core module, which is global.
      exports: [POOL],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
