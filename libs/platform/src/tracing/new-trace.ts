import type { IncomingMessage } from 'node:http';
import { newTraceId, traceIdOf } from '../bootstrap/trace-id.js';
import type { TraceContext } from './trace-context.js';

/** The trace of a request that is no span: the caller's if it sent a W3C `traceparent`, else one of its own. */
export function newTrace(request: IncomingMessage): TraceContext {
  const header = request.headers['traceparent'];
  const traceId = typeof header === 'string' ? traceIdOf(header) : undefined;
  if (typeof header !== 'string' || traceId === undefined) return { traceId: newTraceId() };
  return { traceId, traceparent: header };
}
