import type { Topic } from '@assay/contracts';
import { inSpan, traceIdOf, tracing, withTrace, type SpanRequest } from '@assay/platform';
import type { LogContext } from '../consumer/log-context.js';
import type { LogBatch } from '../log/records.js';

export type Invoke = (data: unknown, context: LogContext) => Promise<void>;

/** A span names so many others at most. */
const MOST_LINKS = 100;

/**
 * A handler whose calls are spans of the traces that its records came from: under the one trace where there is only one, else in
 * a trace of its own with a link to each. Without tracing, a single record's trace is still known to the log lines.
 */
export function traceHandling(topic: Topic, mode: 'single' | 'batch', invoke: Invoke): Invoke {
  return (data, context) => {
    const tracer = tracing();
    if (tracer !== undefined) {
      return inSpan(tracer, spanOf(topic, mode, data, context), () => invoke(data, context));
    }
    const traceparent = mode === 'single' ? context.record.traceparent : undefined;
    const traceId = traceIdOf(traceparent);
    if (traceparent === undefined || traceId === undefined) return invoke(data, context);
    return withTrace({ traceId, traceparent }, () => invoke(data, context));
  };
}

function spanOf(topic: Topic, mode: 'single' | 'batch', data: unknown, context: LogContext): SpanRequest {
  const records = mode === 'batch' ? (data as LogBatch).records : [context.record];
  const origins = new Set<string>();
  for (const { traceparent } of records) {
    if (traceparent !== undefined && origins.size < MOST_LINKS) origins.add(traceparent);
  }
  const [only] = origins;
  return {
    name: `process ${topic.name}`,
    kind: 'consumer',
    ...(origins.size === 1 ? { parent: only } : { links: [...origins] }),
    attributes: {
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic.name,
      'messaging.destination.partition.id': String(context.partition),
      'messaging.consumer.group.name': context.group,
      'messaging.batch.message_count': records.length,
    },
  };
}
