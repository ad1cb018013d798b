import { newTraceId, traceIdOf } from '../bootstrap/trace-id.js';
import type { TraceContext } from './trace-context.js';

/** The trace of a request where nobody makes spans: the caller's if it sent a W3C `traceparent`, else one of its own. */
export function newTrace(header: string | string[] | undefined): TraceContext {
  if (typeof header !== 'string') return { traceId: newTraceId() };
  const traceId = traceIdOf(header);
  return traceId === undefined ? { traceId: newTraceId() } : { traceId, traceparent: header };
}
