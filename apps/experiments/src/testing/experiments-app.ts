import 'reflect-metadata';
import { AccessTokens, AuthModule, jwtSecret } from '@assay/auth';
import { allTopics, type Experiment, type Permission } from '@assay/contracts';
import { LogModule } from '@assay/messaging';
import {
  allEntities,
  Environment,
  Permission as PermissionRow,
  Role,
  type User,
  type EntityManager,
  type Project,
} from '@assay/models';
import {
  Clock,
  createHttpApp,
  DatabaseModule,
  IdempotencyModule,
  JsonLogger,
  listen,
  PlatformModule,
} from '@assay/platform';
import { ask, aProject, aUser, createTestDatabase, type Answer, type Question } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ExperimentsModule } from '../index.js';
import { SCHEDULE_INTERVAL, ScheduleJob } from '../lifecycle/schedule.job.js';

export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The experiments service as a process would run it, on a database of its own, spoken to over HTTP. */
export interface ExperimentsApp {
  readonly nest: NestFastifyApplication;
  readonly schedule: ScheduleJob;
  /** User who may do everything, and whose calls they are by default. */
  readonly owner: { readonly id: string; readonly username: string; readonly token: string };
  call<T = Experiment>(method: string, path: string, request?: Question): Promise<Answer<T>>;
  problem(method: string, path: string, request?: Question): Promise<Answer<ProblemBody>>;
  /** Access token of a user with exactly these permissions. */
  tokenWith(...permissions: Permission[]): Promise<string>;
  /** Sets the clock of the service this far ahead of the real one. */
  advance(milliseconds: number): void;
  now(): Date;
  sql<T extends object>(statement: string, values?: readonly unknown[]): Promise<T[]>;
  /** Another replica on the same database and clock. */
  replica(): Promise<ExperimentsApp>;
  close(): Promise<void>;
}

interface World {
  readonly url: string;
  readonly ownerId: string;
  readonly username: string;
  offset: number;
}

export interface StartOptions {
  /** Milliseconds between two looks of the scheduler; 0 (the default) leaves it to the test. */
  readonly scheduleEveryMs?: number;
}

/** Starts it with the projects `default` (environments `production` and `staging`) and `other`. */
export async function startExperiments(options: StartOptions = {}): Promise<ExperimentsApp> {
  const database = await createTestDatabase();
  const nest = await createNest(database.url, () => world.offset, options);
  const world: World = { url: database.url, offset: 0, ...(await seed(nest.get(MikroORM).em.fork())) };
  const app = await open(nest, world, options);
  return {
    ...app,
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

async function open(nest: NestFastifyApplication, world: World, options: StartOptions): Promise<ExperimentsApp> {
  const address = await listen(nest, { host: '127.0.0.1', port: 0 });
  const tokens = nest.get(AccessTokens);
  const em = (): EntityManager => nest.get(MikroORM).em.fork();
  const token = await tokens.sign({ userId: world.ownerId, sessionId: null });
  const call = <T>(method: string, path: string, request: Question = {}): Promise<Answer<T>> =>
    ask<T>(method, `${address}/api/v1${path}`, { as: token, ...request });
  return {
    nest,
    schedule: nest.get(ScheduleJob),
    owner: { id: world.ownerId, username: world.username, token },
    call,
    problem: (method, path, request) => call<ProblemBody>(method, path, request),
    tokenWith: async (...permissions) => tokens.sign({ userId: await userWith(em(), permissions), sessionId: null }),
    advance: (milliseconds) => {
      world.offset = milliseconds;
    },
    now: () => nest.get(Clock).now(),
    sql: <T extends object>(statement: string, values: readonly unknown[] = []) =>
      em().execute<T[]>(statement, [...values]),
    replica: async () => open(await createNest(world.url, () => world.offset, options), world, options),
    close: () => nest.close(),
  };
}

@Module({})
class Root {}

class ShiftedClock extends Clock {
  constructor(private readonly offset: () => number) {
    super();
  }

  now(): Date {
    return new Date(Date.now() + this.offset());
  }
}

async function createNest(
  url: string,
  offset: () => number,
  { scheduleEveryMs = 0 }: StartOptions,
): Promise<NestFastifyApplication> {
  const root = {
    module: Root,
    imports: [
      { module: PlatformModule, providers: [{ provide: Clock, useValue: new ShiftedClock(offset) }] },
      IdempotencyModule,
      DatabaseModule.forRoot({ url, poolSize: 10, applicationName: 'experiments-test', entities: allEntities }),
      LogModule.forRoot({ transport: 'postgres', source: '/assay/experiments', topics: allTopics, relay: false }),
      AuthModule.forRoot({ jwt: { keys: [jwtSecret('a secret that only these tests know')] } }),
      { module: ExperimentsModule, providers: [{ provide: SCHEDULE_INTERVAL, useValue: scheduleEveryMs }] },
    ],
  };
  return createHttpApp(root, { logger: new JsonLogger({ service: 'experiments', level: 'fatal' }) });
}

async function seed(em: EntityManager): Promise<{ ownerId: string; username: string }> {
  const owner = aUser(em, { username: 'olga', isSuperuser: true });
  const project: Project = aProject(em, { key: 'default' });
  project.environments.add(em.create(Environment, { project, key: 'staging', name: 'Staging', position: 1 }));
  aProject(em, { key: 'other' });
  await em.flush();
  return { ownerId: owner.id, username: owner.username };
}

async function userWith(em: EntityManager, names: readonly Permission[]): Promise<string> {
  const user: User = aUser(em);
  const role = em.create(Role, { name: `role-${user.username}` });
  for (const name of names) {
    const [resource = '', action = ''] = name.split(':');
    const known = await em.findOne(PermissionRow, { name });
    role.permissions.add(known ?? em.create(PermissionRow, { name, resource, action }));
  }
  user.roles.add(role);
  await em.flush();
  return user.id;
}
