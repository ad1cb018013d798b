import 'reflect-metadata';
import { AccessTokens, AuthModule, jwtSecret, newApiKey } from '@assay/auth';
import {
  allTopics,
  auditRecorded,
  flagChanged,
  flagStale,
  listChanged,
  segmentChanged,
  type Permission as PermissionName,
  type Topic,
} from '@assay/contracts';
import { LogModule, LogTail, type TailRecord } from '@assay/messaging';
import { allEntities, ApiKey, Environment, Permission, Project, Role, type EntityManager } from '@assay/models';
import { createHttpApp, DatabaseModule, IdempotencyModule, JsonLogger, listen, PlatformModule } from '@assay/platform';
import { ask, createTestDatabase, environmentOf, aUser, testLog, type Answer } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { FlagsModule } from '../index.js';

/** The flags service as a process would run it, spoken to over HTTP by a superuser unless another key is given. */
export class FlagsProcess {
  /** What the log was told since the start. */
  readonly told: { readonly topic: string; readonly key: string; readonly data: unknown }[] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly sql: pg.Pool,
    readonly projectId: string,
    readonly admin: string,
    readonly serverKey: string,
    private readonly url: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(): Promise<FlagsProcess> {
    const { url, drop } = await createTestDatabase();
    const app = await createHttpApp(rootOf(url), { logger: new JsonLogger({ service: 'flags', level: 'error' }) });
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const em = app.get(MikroORM).em.fork() as EntityManager;
    const project = em.create(Project, { key: 'default', name: 'Default' });
    for (const key of ['production', 'staging']) {
      project.environments.add(em.create(Environment, { project, key, name: key }));
    }
    const user = aUser(em, { isSuperuser: true });
    const [personal, server] = [newApiKey('personal', randomBytes(32)), newApiKey('server', randomBytes(32))];
    const fields = ({ prefix, hash }: typeof personal) => ({ name: 'test', prefix, keyHash: hash });
    em.create(ApiKey, { kind: 'personal', user, ...fields(personal) });
    em.create(ApiKey, { kind: 'server', project, environment: environmentOf(project), ...fields(server) });
    await em.flush();
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const made = new FlagsProcess(app, pool, project.id, personal.key, server.key, address, drop);
    for (const topic of [flagChanged, flagStale, segmentChanged, listChanged, auditRecorded] as readonly Topic[]) {
      const keep = ({ key, envelope }: TailRecord) =>
        void made.told.push({ topic: topic.name, key, data: envelope.data });
      await app.get(LogTail).subscribe(topic, keep);
    }
    return made;
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    { as = this.admin, headers = {}, text }: { as?: string; headers?: Record<string, string>; text?: string } = {},
  ): Promise<Answer<T>> {
    return ask<T>(method, `${this.url}/api/v1${path}`, { body: text ?? body, as, headers });
  }

  /** The access token of a user who may do this and nothing else. */
  async userWith(...names: readonly PermissionName[]): Promise<string> {
    const em = this.app.get(MikroORM).em.fork() as EntityManager;
    const user = aUser(em);
    const role = em.create(Role, { name: `role-${user.username}` });
    for (const name of names) {
      const [resource = '', action = ''] = name.split(':');
      role.permissions.add(em.create(Permission, { name, resource, action }));
    }
    user.roles.add(role);
    await em.flush();
    return this.app.get(AccessTokens).sign({ userId: user.id, sessionId: null });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.sql.end();
    await this.dropDatabase();
  }
}

function rootOf(url: string) {
  @Module({
    imports: [
      PlatformModule,
      DatabaseModule.forRoot({ url, poolSize: 8, applicationName: 'flags-test', entities: allEntities }),
      LogModule.forRoot({ ...testLog(url), source: '/assay/flags', topics: allTopics }),
      AuthModule.forRoot({ jwt: { keys: [jwtSecret('a secret that only these tests know')] } }),
      IdempotencyModule,
      FlagsModule,
    ],
  })
  class TestRoot {}
  return TestRoot;
}
