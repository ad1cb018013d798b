import { LogServer } from '@assay/messaging';
import { createHttpApp, HealthChecks, JsonLogger, listen, startTracing, type Stop } from '@assay/platform';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import { databaseIsThere } from './database-is-there.js';
import { readServiceConfig, type Environment } from './service-config.js';
import { ServiceRootModule } from './service-root.module.js';
import { waitUntilThere } from './waiting-room.js';

/** What a service can be unable to work without. */
export type Need = 'database' | 'broker';

export interface ServiceDescription<F extends z.ZodRawShape> {
  readonly name: string;
  /** Where it listens unless `PORT` says otherwise. */
  readonly port: number;
  readonly poolSize: number;
  /** Without these it is not ready; the others are only shown. */
  readonly needs: readonly Need[];
  /** Environment variables that only this service has. */
  readonly fields: F;
  readonly module: (own: z.output<z.ZodObject<F>>) => Type | DynamicModule;
}

/** Addresses from which services believe `X-Forwarded-*`: the gateway's, in private networks. */
const INSIDE = 'loopback, linklocal, uniquelocal';

/**
 * Starts one service as a process of its own: settings, waiting for the database, definitions, consumers, HTTP, in this order.
 *
 * @param asked aborted when the process is to end: the waiting is given up
 * @returns how to stop it: requests first, then consumers with their offsets, connections last.
 */
export async function startService<F extends z.ZodRawShape>(
  environment: Environment,
  asked: AbortSignal,
  description: ServiceDescription<F>,
): Promise<Stop> {
  const { name, poolSize, needs } = description;
  const { config, own } = readServiceConfig(environment, description);
  const logger = new JsonLogger({ service: name, level: config.logLevel });
  const stopTracing = await startTracing(name, environment);
  await waitUntilThere([databaseIsThere(config.databaseUrl)], config, logger, asked);
  const root = ServiceRootModule.forRoot({ name, poolSize, config, module: description.module(own) });
  const app = await createHttpApp(root, { logger, trustProxy: INSIDE });
  checkHealth(app, needs);
  app.connectMicroservice({ strategy: app.get(LogServer) });
  // Definitions are read before the first record is: an event of an experiment that is not known yet would not be counted.
  await app.init();
  await app.startAllMicroservices();
  await giveBackMemory();
  const url = await listen(app, config);
  logger.log({ url, needs }, 'listening', 'start');
  return async () => {
    logger.log('stopping', 'stop');
    await app.close();
    await stopTracing();
    logger.log('stopped', 'stop');
  };
}

/** Loading leaves some 20 MB behind that V8 would keep for itself. Not there without `--expose-gc`, nor needed. */
async function giveBackMemory(): Promise<void> {
  await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
}

function checkHealth(app: NestFastifyApplication, needs: readonly Need[]): void {
  const log = app.get(LogServer).unwrap<{ check(): Promise<void> }>();
  const checks = app.get(HealthChecks);
  checks.register('broker', () => log.check());
  checks.need(needs);
}
