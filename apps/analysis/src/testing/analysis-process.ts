import {
  allTopics,
  eventAccepted,
  assignmentRecorded,
  type AcceptedEvent,
  type AssignmentRecorded,
} from '@assay/contracts';
import { LogAdmin, LogModule, LogProducer, LogServer } from '@assay/messaging';
import { allEntities } from '@assay/models';
import { createHttpApp, DatabaseModule, JsonLogger, PlatformModule } from '@assay/platform';
import { createTestDatabase, testLog } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnalysisModule } from '../analysis.module.js';
import { ANALYSIS_GROUP } from '../apply/events.consumer.js';

export interface AnalysisOptions {
  /** Addresses of a Kafka for the log; without them it is in the database. */
  readonly brokers?: readonly string[];
  /** A database that is there already, of another process. */
  readonly databaseUrl?: string;
  /** Whether it handles what comes over the log (default true). */
  readonly isConsumer?: boolean;
}

/** The analysis service alone, on a database and log of its own, fed through the log as ingestion does. */
export class AnalysisProcess {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly sql: pg.Pool,
    readonly databaseUrl: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start({ brokers, databaseUrl, isConsumer = true }: AnalysisOptions = {}): Promise<AnalysisProcess> {
    const own = databaseUrl === undefined ? await createTestDatabase() : undefined;
    const url = databaseUrl ?? own?.url ?? '';
    const logger = new JsonLogger({ service: 'analysis', level: 'error' });
    const app = await createHttpApp(rootOf(url, brokers), { logger });
    if (isConsumer) app.connectMicroservice({ strategy: app.get(LogServer) });
    await app.init();
    await app.startAllMicroservices();
    const drop = own?.drop ?? (() => Promise.resolve());
    return new AnalysisProcess(app, new pg.Pool({ connectionString: url, max: 4 }), url, drop);
  }

  get em() {
    return this.app.get(MikroORM).em.fork();
  }

  async events(events: readonly AcceptedEvent[]): Promise<void> {
    const records = events.map((data) => ({ key: `${data.projectId}:${data.userId}`, scope: data.projectId, data }));
    await this.app.get(LogProducer).append(eventAccepted, records);
  }

  async assignments(assignments: readonly AssignmentRecorded[]): Promise<void> {
    const records = assignments.map((data) => ({
      key: `${data.projectId}:${data.userId}`,
      scope: data.projectId,
      data,
    }));
    await this.app.get(LogProducer).append(assignmentRecorded, records);
  }

  /** Resolves when everything that was appended is applied. */
  async settled(): Promise<void> {
    const log = this.app.get(LogAdmin);
    for (let waited = 0; waited < 20_000; waited += 10) {
      const pending = await Promise.all(
        [eventAccepted, assignmentRecorded].map((topic) => log.pendingByScope(ANALYSIS_GROUP, topic)),
      );
      if (pending.every((byScope) => byScope.size === 0)) return;
      await sleep(10);
    }
    throw new Error('events are still pending after 20 s');
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.sql.end();
    await this.dropDatabase();
  }
}

function rootOf(url: string, brokers: readonly string[] | undefined) {
  const kafka = { brokers: brokers ?? [], clientId: 'test', prefix: `${randomUUID()}.` };
  @Module({
    imports: [
      PlatformModule,
      DatabaseModule.forRoot({ url, poolSize: 12, applicationName: 'test', entities: allEntities }),
      LogModule.forRoot({
        ...(brokers === undefined ? testLog(url) : { transport: 'kafka', kafka }),
        source: '/assay/test',
        topics: allTopics,
      }),
      AnalysisModule,
    ],
  })
  class TestRoot {}
  return TestRoot;
}
