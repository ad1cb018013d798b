import 'reflect-metadata';
import { AuthModule, jwtSecret, newApiKey } from '@assay/auth';
import { allTopics, type Topic } from '@assay/contracts';
import { LogModule, LogServer, type LogSettings } from '@assay/messaging';
import { allEntities, ApiKey, Environment, Project, type EntityManager, type User } from '@assay/models';
import { createHttpApp, DatabaseModule, JsonLogger, listen, PlatformModule } from '@assay/platform';
import { ask, aUser, createTestDatabase, type Answer } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { AnalysisModule } from '../analysis.module.js';

export type Transport = Pick<LogSettings, 'transport' | 'kafka'>;

/** A record as the log takes it: the text of an object, without its braces. */
interface RawText {
  readonly key: string;
  readonly scope: string | null;
  readonly head: '';
  readonly body: string;
}

/** Puts text on a topic as it is, past the producer. */
interface RawLog {
  append(topic: Topic, records: readonly RawText[]): Promise<void>;
}

/** The analysis service as a process runs it, on a database of its own and the log that is asked for, spoken to over HTTP. */
export class ServedAnalysis {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly sql: pg.Pool,
    readonly projectId: string,
    readonly otherProjectId: string,
    /** Personal keys of a superuser, and of a user without any role. */
    readonly keys: { readonly admin: string; readonly nobody: string },
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(transport: Transport): Promise<ServedAnalysis> {
    const { url, drop } = await createTestDatabase();
    const app = await createHttpApp(rootOf(url, transport), {
      logger: new JsonLogger({ service: 'analysis', level: 'fatal' }),
    });
    app.connectMicroservice({ strategy: app.get(LogServer) });
    await app.init();
    const em = app.get(MikroORM).em.fork() as EntityManager;
    const [project, other] = ['default', 'other'].map((key) => {
      const made = em.create(Project, { key, name: key });
      made.environments.add(em.create(Environment, { project: made, key: 'production', name: 'Production' }));
      return made;
    }) as [Project, Project];
    const keys = { admin: keyOf(em, aUser(em, { isSuperuser: true })), nobody: keyOf(em, aUser(em)) };
    await em.flush();
    await app.startAllMicroservices();
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    return new ServedAnalysis(app, address, pool, project.id, other.id, keys, drop);
  }

  call<T>(method: string, path: string, as = this.keys.admin): Promise<Answer<T>> {
    return ask<T>(method, `${this.url}${path}`, { as });
  }

  /** One by one: records of one append share a row of the PostgreSQL log, and a broken one breaks its row. */
  async appendRaw(topic: Topic, texts: readonly string[], scope: string | null): Promise<void> {
    const log = this.app.get(LogServer).unwrap<RawLog>();
    for (const text of texts) await log.append(topic, [{ key: 'raw', scope, head: '', body: text.slice(1, -1) }]);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.sql.end();
    await this.dropDatabase();
  }
}

function keyOf(em: EntityManager, user: User): string {
  const { key, prefix, hash } = newApiKey('personal', randomBytes(32));
  em.create(ApiKey, { kind: 'personal', user, name: 'test', prefix, keyHash: hash });
  return key;
}

function rootOf(url: string, transport: Transport) {
  @Module({
    imports: [
      PlatformModule,
      DatabaseModule.forRoot({ url, poolSize: 10, applicationName: 'analysis-test', entities: allEntities }),
      LogModule.forRoot({ ...transport, source: '/assay/analysis', topics: allTopics }),
      AuthModule.forRoot({ jwt: { keys: [jwtSecret('a secret that only these tests know')] } }),
      AnalysisModule,
    ],
  })
  class TestRoot {}
  return TestRoot;
}
