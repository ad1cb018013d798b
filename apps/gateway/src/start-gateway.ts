import {
  createHttpApp,
  HealthChecks,
  HotLane,
  JsonLogger,
  listen,
  Metrics,
  PlatformModule,
  startTracing,
  type Stop,
} from '@assay/platform';
import type { Environment } from '@assay/service';
import type { DynamicModule } from '@nestjs/common';
import { forwardRequests, type ServiceLinks, type ServiceName } from './forwarding/forward-requests.js';
import { ServiceLink } from './forwarding/service-link.js';
import { readConfig, type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { limitRequests } from './limits/limit-requests.js';
import { allowOrigins } from './origins/allow-origins.js';

/** The gateway as a process of its own. It holds no state: without a service it answers 503 for that service's calls only. */
export async function startGateway(environment: Environment): Promise<Stop> {
  const config = readConfig(environment);
  const logger = new JsonLogger({ service: 'gateway', level: config.logLevel });
  const stopTracing = await startTracing('gateway', environment);
  const root: DynamicModule = { module: GatewayModule, imports: [PlatformModule] };
  const app = await createHttpApp(root, { logger, trustProxy: config.trustedProxies ?? false });
  const links = linksOf(config);
  const all = Object.values(links);
  const fastify = app.getHttpAdapter().getInstance();
  const lane = app.get(HotLane);
  allowOrigins(fastify, config.origins, lane);
  await limitRequests(fastify, config.limits, lane);
  await forwardRequests(fastify, links);
  const checks = app.get(HealthChecks);
  for (const link of all) checks.register(link.name, () => link.check());
  // It is the edge of the services that are there, however many these are.
  checks.need([]);
  const open = app
    .get(Metrics)
    .gauge('gateway_circuit_open', 'Whether calls of a service are refused at once', ['upstream']);
  for (const link of all) link.onChange((isOpen) => open.set({ upstream: link.name }, isOpen ? 1 : 0));
  await app.init();
  const url = await listen(app, config);
  logger.log({ url }, 'listening', 'start');
  return async () => {
    logger.log('stopping', 'stop');
    await app.close();
    await Promise.all(all.map((link) => link.close()));
    await stopTracing();
    logger.log('stopped', 'stop');
  };
}

function linksOf({ services }: GatewayConfig): ServiceLinks {
  const link = (name: ServiceName): ServiceLink => new ServiceLink(name, services[name]);
  return {
    identity: link('identity'),
    experiments: link('experiments'),
    flags: link('flags'),
    assignment: link('assignment'),
    ingestion: link('ingestion'),
    analysis: link('analysis'),
  };
}
