import { withTrace } from './trace-context.js';
import type { RunningSpan, SpanRequest, Tracing } from './tracing.js';

/** Runs work within a span that ends when the work does. */
export async function inSpan<T>(
  tracing: Tracing,
  request: SpanRequest,
  work: (span: RunningSpan) => Promise<T>,
): Promise<T> {
  const span = tracing.start(request);
  try {
    const result = await withTrace(span, () => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
