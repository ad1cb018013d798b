import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { HotLane } from './hot-lane.js';
import type { HotAnswered } from './hot-route.js';

type Timeouts = Pick<FastifyServerOptions, 'keepAliveTimeout' | 'requestTimeout' | 'connectionTimeout'>;

/** The HTTP server with the lane ahead of Fastify. */
export class HotServer {
  /** Made with the app, after the server; nobody calls before. */
  private lane: HotLane | undefined;

  /** Makes the server as Fastify itself would. */
  readonly create = (ordinary: RequestListener, timeouts: Timeouts): Server => {
    const server = createServer((request, response) => {
      if (this.lane?.take(request, response, ordinary) !== true) ordinary(request, response);
    });
    server.keepAliveTimeout = timeouts.keepAliveTimeout ?? server.keepAliveTimeout;
    server.requestTimeout = timeouts.requestTimeout ?? server.requestTimeout;
    server.setTimeout(timeouts.connectionTimeout ?? 0);
    return server;
  };

  /** Opens the lane until the process is on its way down. */
  open(lane: HotLane, fastify: FastifyInstance, answered: (call: HotAnswered) => void): void {
    this.lane = lane;
    lane.open(answered);
    fastify.addHook('preClose', (done) => {
      lane.close();
      done();
    });
  }
}
