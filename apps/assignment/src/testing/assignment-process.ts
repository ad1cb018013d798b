import 'reflect-metadata';
import { AuthModule, jwtSecret, newApiKey } from '@assay/auth';
import {
  allTopics,
  assignmentRecorded,
  experimentChanged,
  flagChanged,
  segmentChanged,
  type ApiKeyKind,
  type AssignmentRecorded,
} from '@assay/contracts';
import {
  ExperimentCatalog,
  FlagCatalog,
  SegmentCatalog,
  toExperimentDefinition,
  toFlagDefinition,
  toSegmentDefinition,
} from '@assay/definitions';
import { LogModule, LogTail, Outbox } from '@assay/messaging';
import { allEntities, ApiKey, Experiment, FeatureFlag, Segment, type EntityManager, type Project } from '@assay/models';
import { createHttpApp, DatabaseModule, JsonLogger, listen, PlatformModule } from '@assay/platform';
import {
  ask,
  aProject,
  aUser,
  createTestDatabase,
  environmentOf,
  testLog,
  until,
  type Answer,
  type Question,
} from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { AssignmentModule } from '../index.js';

/** The assignment service as a process would run it, spoken to over HTTP; what other services write, the test writes. */
export class AssignmentProcess {
  /** What the log was told of assignments and exposures since the start. */
  readonly recorded: AssignmentRecorded[] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly databaseUrl: string,
    readonly sql: pg.Pool,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  /** On a database of its own, or beside another process on that one's. */
  static async start(databaseUrl?: string): Promise<AssignmentProcess> {
    const own = databaseUrl === undefined ? await createTestDatabase() : undefined;
    const url = databaseUrl ?? own?.url ?? '';
    const app = await createHttpApp(rootOf(url), { logger: new JsonLogger({ service: 'assignment', level: 'error' }) });
    const address = await listen(app, { host: '127.0.0.1', port: 0 });
    const drop = own?.drop ?? (() => Promise.resolve());
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const node = new AssignmentProcess(app, address, url, pool, drop);
    await app.get(LogTail).subscribe(assignmentRecorded, ({ envelope }) => void node.recorded.push(envelope.data));
    return node;
  }

  get em(): EntityManager {
    return this.app.get(MikroORM).em.fork();
  }

  post<T>(path: string, body: unknown, question: Omit<Question, 'body'> = {}): Promise<Answer<T>> {
    return ask<T>('POST', `${this.url}${path}`, { ...question, body });
  }

  get<T>(path: string, question: Omit<Question, 'body'> = {}): Promise<Answer<T>> {
    return ask<T>('GET', `${this.url}${path}`, question);
  }

  /** A project with the environment `production`, and a key to it. */
  async project(): Promise<{ project: Project; key: string }> {
    const em = this.em;
    const project = aProject(em);
    await em.flush();
    return { project, key: await this.key(project, 'server') };
  }

  async key(project: Project, kind: ApiKeyKind): Promise<string> {
    const em = this.em;
    const { key, prefix, hash } = newApiKey(kind, randomBytes(32));
    const place = { project: project.id, environment: environmentOf(project).id };
    em.create(ApiKey, { name: 'test', kind, prefix, keyHash: hash, ...place });
    await em.flush();
    return key;
  }

  /** The personal key of a user that may do everything. */
  async superuser(): Promise<string> {
    const em = this.em;
    const { key, prefix, hash } = newApiKey('personal', randomBytes(32));
    em.create(ApiKey, {
      name: 'test',
      kind: 'personal',
      prefix,
      keyHash: hash,
      user: aUser(em, { isSuperuser: true }),
    });
    await em.flush();
    return key;
  }

  /** Makes or changes a row as its service does, and waits until it is known here. */
  async experiment(write: (em: EntityManager) => Promise<Experiment> | Experiment): Promise<Experiment> {
    const id = await this.em.transactional(async (em) => {
      const row = await write(em);
      row.updatedAt = new Date();
      await em.flush();
      await Promise.all([row.variants.init(), row.metricDefinitions.init()]);
      const data = { deleted: false, definition: toExperimentDefinition(row) };
      await this.app.get(Outbox).add(em, experimentChanged, { key: row.id, scope: row.project.id, data });
      return row.id;
    });
    const row = await this.em.findOneOrFail(Experiment, id, { populate: ['variants', 'project'] });
    await until(() => this.app.get(ExperimentCatalog).get(id)?.version === row.version);
    return row;
  }

  async flag(write: (em: EntityManager) => Promise<FeatureFlag> | FeatureFlag): Promise<FeatureFlag> {
    const row = await this.em.transactional(async (em) => {
      const flag = await write(em);
      await em.flush();
      const data = { deleted: false, definition: toFlagDefinition(flag) };
      await this.app.get(Outbox).add(em, flagChanged, { key: flag.id, scope: flag.project.id, data });
      return flag;
    });
    await until(() => this.app.get(FlagCatalog).get(row.id)?.version === row.version);
    return row;
  }

  async segment(write: (em: EntityManager) => Promise<Segment> | Segment): Promise<Segment> {
    const row = await this.em.transactional(async (em) => {
      const segment = await write(em);
      await em.flush();
      const data = { deleted: false, definition: toSegmentDefinition(segment) };
      await this.app.get(Outbox).add(em, segmentChanged, { key: segment.id, scope: segment.project.id, data });
      return segment;
    });
    await until(() => this.app.get(SegmentCatalog).get(row.id)?.version === row.version);
    return row;
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
      DatabaseModule.forRoot({ url, poolSize: 8, applicationName: 'assignment-test', entities: allEntities }),
      LogModule.forRoot({ ...testLog(url), source: '/assay/assignment', topics: allTopics }),
      AuthModule.forRoot({ jwt: { keys: [jwtSecret('a secret that only these tests know')] } }),
      AssignmentModule,
    ],
  })
  class TestRoot {}
  return TestRoot;
}
