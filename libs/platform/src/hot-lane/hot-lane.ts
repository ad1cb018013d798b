import type { RouteShape } from '@assay/contracts';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { jsonOf } from '../bootstrap/json-of.js';
import { newTrace } from '../tracing/new-trace.js';
import { endRequestSpan, requestSpan } from '../tracing/request-span.js';
import { withTrace } from '../tracing/trace-context.js';
import { EndOfTurn } from './end-of-turn.js';
import type { HotAnswer, HotAnswered, HotHandler, HotLimit, HotOrigins, HotWork } from './hot-route.js';
import { HotRoutes } from './hot-routes.js';
import { isSmallJson, keepBody, receive } from './received-body.js';
import { sendAnswer } from './send-answer.js';

/** Longer bodies take so long themselves that the way they go makes no difference. */
const BODY_LIMIT = 65_536;

/** A call on the lane. */
interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: RouteShape;
  readonly work: HotWork;
  readonly startedAt: number;
  /** Where the call goes when something about it is unusual. */
  readonly ordinary: RequestListener;
}

/**
 * Answers the usual calls of a few routes right at the HTTP server, ahead of Fastify and Nest. A call that is unusual in any
 * way, and every one that fails, goes the ordinary way as if it had not been here: what is wrong is said there only.
 */
@Injectable()
export class HotLane {
  private readonly routes = new HotRoutes();
  private readonly outgoing = new EndOfTurn<Finished>((finished) => this.finish(finished));
  private limit: HotLimit | undefined;
  private origins: HotOrigins | undefined;
  private answered: ((call: HotAnswered) => void) | undefined;

  /** Lets calls of a route onto the lane. Its method, path and answers have to be those of the ordinary handler. */
  serve(route: RouteShape, handler: HotHandler): void {
    this.routes.add(route, handler);
  }

  /** Sets the limit that each call counts against. */
  limitBy(limit: HotLimit): void {
    this.limit = limit;
  }

  /** Sets what pages of other origins are told. */
  answerOrigins(origins: HotOrigins): void {
    this.origins = origins;
  }

  /** Calls are taken from now on; `answered` hears of each that was answered. */
  open(answered: (call: HotAnswered) => void): void {
    this.answered = answered;
  }

  /** From now on everything goes the ordinary way, which knows how to end. */
  close(): void {
    this.answered = undefined;
  }

  /** Whether the request is answered here. If not, nothing of it was touched. */
  take(request: IncomingMessage, response: ServerResponse, ordinary: RequestListener): boolean {
    if (this.answered === undefined) return false;
    const found = this.routes.find(request.method, request.url ?? '');
    if (found === undefined || !isSmallJson(request.headers, BODY_LIMIT)) return false;
    const startedAt = performance.now();
    const { hot, param, query } = found;
    const work = hot.handler({ headers: request.headers, param, query });
    if (work === undefined) return false;
    const passage = { request, response, route: hot.route, work, startedAt, ordinary };
    receive(request, (body) => this.pass(passage, body));
    return true;
  }

  private pass(passage: Passage, body: Buffer): void {
    const { request, route, work } = passage;
    const headers = this.limit === undefined ? [] : this.limit.take(request.headers);
    const trace = requestSpan(request, route.method, route.path) ?? newTrace(request);
    const leave = (): void => this.leave(passage, body, headers !== undefined);
    if (headers === undefined) {
      leave();
      return;
    }
    const finish = (answer: HotAnswer): void => {
      this.outgoing.add({ passage, answer, traceId: trace.traceId, headers });
    };
    let answer: HotAnswer | Promise<HotAnswer>;
    try {
      const value = jsonOf(body);
      answer = withTrace(trace, () => work(value));
    } catch {
      leave();
      return;
    }
    if (answer instanceof Promise) answer.then(finish, leave);
    else finish(answer);
  }

  private finish({ passage, answer, traceId, headers }: Finished): void {
    const { request, response, route, startedAt } = passage;
    const all = ['x-trace-id', traceId, ...headers];
    const { origin } = request.headers;
    if (origin !== undefined && this.origins !== undefined) all.push(...this.origins(route, origin));
    sendAnswer(response, answer, this.answered === undefined, all);
    endRequestSpan(request, answer.status);
    const milliseconds = performance.now() - startedAt;
    const { method, path } = route;
    this.answered?.({ method, route: path, status: answer.status, milliseconds, traceId });
  }

  /** The call goes the ordinary way with the body that was read, and with its span. */
  private leave({ request, response, ordinary }: Passage, body: Buffer, counted: boolean): void {
    if (counted) this.limit?.giveBack(request.headers);
    keepBody(request, body);
    ordinary(request, response);
  }
}

/** A call with its answer. */
interface Finished {
  readonly passage: Passage;
  readonly answer: HotAnswer;
  readonly traceId: string;
  readonly headers: readonly string[];
}
