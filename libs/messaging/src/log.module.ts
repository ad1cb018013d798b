import { POOL } from '@assay/platform';
import {
  Global,
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type pg from 'pg';
import { LogServer } from './consumer/log-server.js';
import { LogTail } from './consumer/log-tail.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { LogAdmin } from './log/log-admin.js';
import { LOG_SETTINGS, type LogSettings } from './log/log-options.js';
import { LogProducer } from './log/log-producer.js';
import { LOG_TRANSPORT } from './log/log-tokens.js';
import type { LogTransport } from './log/log-transport.js';
import { TopicRegistry } from './log/topic-registry.js';
import { Upkeep } from './log/upkeep.js';
import { LogGauges } from './metrics/log-gauges.js';
import { LogMetrics } from './metrics/log-metrics.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { Outbox } from './outbox/outbox.js';
import { PgSession } from './postgres/pg-session.js';
import { connectionOf, keepAlive } from './postgres/pool-connection.js';
import { PostgresLog } from './postgres/postgres-log.js';

const PUBLIC = [LogProducer, LogAdmin, LogServer, LogTail, DeadLetters, Outbox, OutboxRelay];

/**
 * The log of one process. Imported once, by the composition root; needs `POOL`, `Clock` and `Metrics` of @assay/platform. Nothing of it
 * fails to start because the database or broker is away: it connects as soon as they are there.
 */
@Global()
@Module({})
export class LogModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    private readonly session: PgSession,
    private readonly relay: OutboxRelay,
    private readonly tail: LogTail,
    private readonly server: LogServer,
    private readonly upkeep: Upkeep,
    private readonly gauges: LogGauges,
  ) {}

  static forRoot(settings: LogSettings): DynamicModule {
    return {
      module: LogModule,
      providers: [
        { provide: LOG_SETTINGS, useValue: settings },
        {
          provide: PgSession,
          inject: [POOL],
          useFactory: (pool: pg.Pool) => new PgSession(connectionOf(keepAlive(pool))),
        },
        { provide: LOG_TRANSPORT, inject: [POOL, PgSession], useFactory: transportOf(settings) },
        TopicRegistry,
        Upkeep,
        LogMetrics,
        LogGauges,
        ...PUBLIC,
      ],
      exports: [LOG_TRANSPORT, ...PUBLIC],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.session.start();
    await this.transport.start();
    this.upkeep.start();
    this.gauges.register();
    if (this.settings.relay !== false) this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
    await Promise.all([this.relay.stop(), this.tail.stop(), this.upkeep.stop()]);
    await this.transport
      .stop()
      .catch((error: unknown) => new Logger('log').warn({ err: String(error) }, 'the log did not close cleanly'));
    await this.session.stop();
  }
}

function transportOf(settings: LogSettings): (pool: pg.Pool, session: PgSession) => Promise<LogTransport> {
  return async (pool, session) => {
    if (settings.transport === 'postgres') return new PostgresLog(pool, session);
    if (settings.kafka === undefined)
      throw new Error('LogModule: the transport is kafka, so `kafka` must say where it is.');
    // Loaded on demand: without Kafka its client would only take memory.
    const { KafkaLog } = await import('./kafka/kafka-log.js');
    return new KafkaLog(settings.kafka, pool);
  };
}
