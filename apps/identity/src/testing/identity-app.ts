import 'reflect-metadata';
import { AuthModule, jwtSecret, type AuthSettings } from '@assay/auth';
import { allTopics } from '@assay/contracts';
import { LogModule, LogServer } from '@assay/messaging';
import { allEntities } from '@assay/models';
import { createHttpApp, DatabaseModule, IdempotencyModule, JsonLogger, listen, PlatformModule } from '@assay/platform';
import { DirectoryRefresh } from '@assay/service';
import { ask, createTestDatabase, testLog, type Answer, type Question } from '@assay/testing';
import { Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IdentityModule } from '../index.js';

export const ADMIN_PASSWORD = 'the admin password';
export const JWT_SECRET = 'a secret that only these tests know';

/** The identity service as a process would run it, on a database of its own, spoken to over HTTP. */
export interface IdentityApp {
  readonly url: string;
  readonly databaseUrl: string;
  readonly announced: readonly string[];
  readonly nest: NestFastifyApplication;
  call<T>(method: string, path: string, request?: Question): Promise<Answer<T>>;
  /** Access token of a fresh session. */
  login(username?: string, password?: string): Promise<string>;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly databaseUrl?: string;
  /** null: let it be generated. */
  readonly adminPassword?: string | null;
  readonly cache?: AuthSettings['cache'];
  readonly controllers?: readonly Type<unknown>[];
}

export async function startIdentity(options: StartOptions = {}): Promise<IdentityApp> {
  const own = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = options.databaseUrl ?? own?.url ?? '';
  const announced: string[] = [];
  const nest = await createNest(options, databaseUrl, (line) => announced.push(line));
  await nest.startAllMicroservices();
  const url = await listen(nest, { host: '127.0.0.1', port: 0 });
  const call = <T>(method: string, path: string, request: Question = {}): Promise<Answer<T>> =>
    ask<T>(method, `${url}/api/v1${path}`, request);
  return {
    url,
    databaseUrl,
    announced,
    nest,
    call,
    async login(username = 'admin', password = ADMIN_PASSWORD) {
      const { status, body } = await call<{ accessToken: string }>('POST', '/auth/login', {
        body: { username, password },
      });
      if (status !== 200) throw new Error(`login of ${username} answered ${status}: ${JSON.stringify(body)}`);
      return body.accessToken;
    },
    async close() {
      await nest.close();
      await own?.drop();
    },
  };
}

@Module({})
class Root {}

async function createNest(
  { adminPassword = ADMIN_PASSWORD, cache, controllers = [] }: StartOptions,
  url: string,
  announce: (line: string) => void,
): Promise<NestFastifyApplication> {
  const root = {
    module: Root,
    controllers: [...controllers],
    providers: [DirectoryRefresh],
    imports: [
      PlatformModule,
      IdempotencyModule,
      DatabaseModule.forRoot({ url, poolSize: 6, applicationName: 'identity-test', entities: allEntities }),
      LogModule.forRoot({ ...testLog(url), source: '/assay/identity', topics: allTopics }),
      AuthModule.forRoot({
        jwt: { keys: [jwtSecret(JWT_SECRET)] },
        // As cheap as argon2id can be: what is tested here is not its strength.
        passwordCost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
        ...(cache === undefined ? {} : { cache }),
      }),
      IdentityModule.forRoot({ ...(adminPassword === null ? {} : { adminPassword }), announce }),
    ],
  };
  const nest = await createHttpApp(root, { logger: new JsonLogger({ service: 'identity', level: 'error' }) });
  nest.connectMicroservice({ strategy: nest.get(LogServer) });
  return nest;
}
