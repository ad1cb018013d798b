import { AppError, STATUS_OF_KIND, toProblem } from '@assay/contracts';
import type { DynamicModule, LoggerService, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HealthChecks } from '../health/health-checks.js';
import { serveHealth } from '../health/serve-health.js';
import { HotLane } from '../hot-lane/hot-lane.js';
import { HotServer } from '../hot-lane/hot-server.js';
import { toAppError } from '../http/to-app-error.js';
import { Metrics } from '../metrics/metrics.js';
import { RequestDurations } from '../metrics/request-durations.js';
import { measureRequests, serveMetrics } from '../metrics/serve-metrics.js';
import { traceRequests } from '../tracing/trace-requests.js';
import { useBodyParsers } from './body-parsers.js';
import { logRequest, logRequests } from './log-requests.js';
import { readAwayRest } from './read-away-rest.js';
import { newTraceId, traceIdOf } from './trace-id.js';

export interface HttpAppOptions {
  readonly logger: LoggerService;
  /** Bytes of a JSON body, unpacked; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Addresses of proxies whose `X-Forwarded-*` are believed; default none. */
  readonly trustProxy?: string | boolean;
}

const MEBIBYTE = 1_048_576;
/** Connections that are still busy this long after the stop began are cut. */
const DRAIN_MILLISECONDS = 4_000;

/**
 * A Nest application on Fastify with what every process has at its edge: body limits, trace ids, problem documents for
 * every failure, `/health/live`, `/health/ready` and `/metrics`. It is not listening yet. The root module has to import
 * `PlatformModule`.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const server = new HotServer();
  const adapter = new FastifyAdapter({
    serverFactory: server.create,
    skipMiddie: true,
    bodyLimit: options.bodyLimit ?? MEBIBYTE,
    trustProxy: options.trustProxy ?? false,
    routerOptions: { maxParamLength: 1_000 },
    // Requests that come in while the process drains are still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) =>
      traceIdOf(request.headers['traceparent'] as string | undefined) ?? newTraceId(),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void sendProblem(error, request, reply),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  useBodyParsers(fastify, options.bodyLimit ?? MEBIBYTE);
  traceRequests(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-trace-id', request.id);
    done();
  });
  readAwayRest(fastify);
  const app = await createNest(module, adapter, {
    logger: options.logger,
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: false,
  });
  const metrics = app.get(Metrics);
  const durations = new RequestDurations();
  measureRequests(fastify, durations);
  serveHealth(fastify, app.get(HealthChecks));
  serveMetrics(fastify, metrics, durations);
  logRequests(fastify, options.logger);
  drainOnClose(fastify);
  server.open(app.get(HotLane), fastify, (call) => {
    const { method, route, status, milliseconds } = call;
    durations.record(method, route, status, milliseconds / 1_000);
    logRequest(options.logger, call);
  });
  return app;
}

/** Nest declares its options as a class that it does not export; here they are the plain object that they are. */
type CreateNest = (
  module: Type | DynamicModule,
  adapter: FastifyAdapter,
  options: Pick<NestApplicationOptions, 'logger' | 'bodyParser' | 'abortOnError' | 'forceCloseConnections'>,
) => Promise<NestFastifyApplication>;
const createNest: CreateNest = NestFactory.create.bind(NestFactory);

/** Failures that come before routing (a malformed address) do not reach Nest's filters. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const known =
    code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH' || code === 'FST_ERR_ASYNC_CONSTRAINT';
  const appError = known
    ? AppError.validation([{ path: '', message: 'The address is malformed or too long' }])
    : toAppError(error);
  return reply
    .status(STATUS_OF_KIND[appError.kind])
    .header('content-type', 'application/problem+json')
    .send(toProblem(appError, request.id));
}

/** On the way down every answer asks its client to connect anew; what does not end in time is cut. */
function drainOnClose(fastify: FastifyInstance): void {
  let closing = false;
  const sockets = new Set<Socket>();
  fastify.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    // Node counts a connection that has never asked for anything (browsers open such) as busy.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => fastify.server.closeAllConnections(), DRAIN_MILLISECONDS).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}
