import type { Topic } from '@assay/contracts';
import { currentTrace, inSpan, tracing } from '@assay/platform';

/**
 * Appends with the `traceparent` that the envelopes are to carry: that of a span around the append where we trace, else what the
 * caller of the request sent, if anything.
 */
export function traceAppend(
  topic: Topic,
  records: number,
  append: (traceparent: string | undefined) => Promise<void>,
): Promise<void> {
  const tracer = tracing();
  const parent = currentTrace()?.traceparent;
  if (tracer === undefined) return append(parent);
  const attributes = {
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic.name,
    'messaging.batch.message_count': records,
  };
  const request = { name: `send ${topic.name}`, kind: 'producer', parent, attributes } as const;
  return inSpan(tracer, request, ({ traceparent }) => append(traceparent));
}
