import type { IncomingMessage } from 'node:http';
import { traceIdOf } from '../bootstrap/trace-id.js';
import { tracing, type RunningSpan } from './tracing.js';

const spans = new WeakMap<IncomingMessage, RunningSpan>();

/** The caller's W3C `traceparent`, if it sent a good one. */
export function givenTrace(request: IncomingMessage): string | undefined {
  const header = request.headers['traceparent'];
  return typeof header === 'string' && traceIdOf(header) !== undefined ? header : undefined;
}

/**
 * The span of a request: begun when it is first asked for, the same from then on. Undefined when nobody makes spans.
 *
 * @param route the pattern of the route, never an address
 */
export function requestSpan(request: IncomingMessage, method: string, route: string): RunningSpan | undefined {
  const begun = spans.get(request);
  if (begun !== undefined) return begun;
  const attributes = { 'http.request.method': method, 'http.route': route };
  const parent = givenTrace(request);
  const span = tracing()?.start({ name: `${method} ${route}`, kind: 'server', parent, attributes });
  if (span !== undefined) spans.set(request, span);
  return span;
}

/** Ends the span of a request that was answered, if it has one. */
export function endRequestSpan(request: IncomingMessage, status: number): void {
  const span = spans.get(request);
  if (span === undefined) return;
  spans.delete(request);
  span.set({ 'http.response.status_code': status });
  span.end(status >= 500 ? { code: String(status) } : undefined);
}
