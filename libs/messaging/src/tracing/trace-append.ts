import type { Topic } from '@assay/contracts';
import { currentTrace, inSpan, tracing } from '@assay/platform';

/** Where we trace: appends within a span, whose `traceparent` the envelopes are to carry. Else envelopes carry none. */
export function traceAppend(
  topic: Topic,
  records: number,
  append: (traceparent: string | undefined) => Promise<void>,
): Promise<void> {
  const tracer = tracing();
  if (tracer === undefined) return append(undefined);
  const parent = currentTrace()?.traceparent;
  const attributes = {
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic.name,
    'messaging.batch.message_count': records,
  };
  const request = { name: `send ${topic.name}`, kind: 'producer', parent, attributes } as const;
  return inSpan(tracer, request, ({ traceparent }) => append(traceparent));
}
