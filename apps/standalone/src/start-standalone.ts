import { jwtSecret, type JwtKey } from '@assay/auth';
import { allowOrigins, limitRequests } from '@assay/gateway';
import { LogServer } from '@assay/messaging';
import {
  checkPort,
  createHttpApp,
  HealthChecks,
  HotLane,
  JsonLogger,
  listen,
  prepareDataDirectory,
  secretFile,
  startTracing,
  type Stop,
} from '@assay/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { checkLog } from './database/check-log.js';
import { openDatabase, type OpenDatabase } from './database/open-database.js';
import { updateSchema } from './database/update-schema.js';
import { leaveLocalKey } from './local-key/local-key.js';
import { readConfig, type StandaloneConfig } from './standalone.config.js';
import { StandaloneModule } from './standalone.module.js';

/** What the transport behind the log's server can be asked. */
interface LogCheck {
  check(): Promise<void>;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Starts every service in this process and says in one line where it is when it is ready.
 *
 * @returns how to stop all of it in order: requests first, then the services, the database last.
 */
export async function startStandalone(environment: Record<string, string | undefined>): Promise<Stop> {
  const config = readConfig(environment);
  const logger = new JsonLogger({ service: 'standalone', level: config.logLevel });
  const stopTracing = await startTracing('standalone', environment);
  const database = await openDatabase(config, { say: print, warn: (line) => logger.warn(line, 'database') });
  let app: NestFastifyApplication | undefined;
  try {
    await checkPort(config);
    await updateSchema(database.url);
    await checkLog(database.url, config.kafka !== undefined);
    app = await createApp(config, database, logger);
    const url = await listen(app, config);
    if (database.isEmbedded) await leaveLocalKey(app, config.dataDir, url);
    await untilReady(url, config);
    print(`Assay is ready at ${url}`);
    return async () => {
      await stopOf(database, app)();
      await stopTracing();
    };
  } catch (error) {
    await stopOf(database, app)();
    throw error;
  }
}

const stopOf =
  (database: OpenDatabase, app?: NestFastifyApplication): Stop =>
  async () => {
    await app?.close();
    await database.stop();
  };

async function createApp(
  config: StandaloneConfig,
  database: OpenDatabase,
  logger: JsonLogger,
): Promise<NestFastifyApplication> {
  const root = StandaloneModule.forRoot({
    databaseUrl: database.url,
    kafka: config.kafka,
    jwtKeys: jwtKeys(config),
    identity: { adminPassword: config.adminPassword, announce: print },
  });
  const app = await createHttpApp(root, { logger, trustProxy: config.trustedProxies ?? false });
  const fastify = app.getHttpAdapter().getInstance();
  const lane = app.get(HotLane);
  allowOrigins(fastify, config.origins, lane);
  await limitRequests(fastify, config.limits, lane);
  const server = app.get(LogServer);
  if (config.kafka !== undefined) app.get(HealthChecks).register('broker', () => server.unwrap<LogCheck>().check());
  app.connectMicroservice({ strategy: server });
  // Definitions are read before the first record is: an event of an experiment that is not known yet would not be counted.
  await app.init();
  await app.startAllMicroservices();
  return app;
}

/** The secret that is given, else one that is made once and kept beside the data. */
function jwtKeys(config: StandaloneConfig): [JwtKey, ...JwtKey[]] {
  const current = config.jwtSecret ?? secretFile(join(prepareDataDirectory(config.dataDir), 'jwt-secret'));
  return [jwtSecret(current), ...(config.previousJwtSecret === undefined ? [] : [jwtSecret(config.previousJwtSecret)])];
}

/** Asks as anybody else would: what is printed as ready answers 200. */
async function untilReady(url: string, { host }: StandaloneConfig): Promise<void> {
  const address = new URL('/health/ready', url);
  if (!['0.0.0.0', '::'].includes(host)) address.hostname = host.includes(':') ? `[${host}]` : host;
  while (!(await fetch(address)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
}
