import {
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { RunningSpan, SpanAttributes, SpanRequest, Tracing } from './tracing.js';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** A collector that is away must not hold up the end of a process. */
const STOP_WITHIN_MS = 3_000;

/** Spans by OpenTelemetry's SDK, set up by the `OTEL_*` variables. Metrics are Prometheus', logs are on stdout. */
export class OpenTelemetry implements Tracing {
  private readonly sdk: NodeSDK;
  private readonly tracer: Tracer;

  constructor(serviceName: string | undefined) {
    this.sdk = new NodeSDK({
      ...(serviceName === undefined ? {} : { serviceName }),
      metricReaders: [],
      logRecordProcessors: [],
      instrumentations: [],
    });
    this.sdk.start();
    this.tracer = trace.getTracer('assay');
  }

  start({ name, kind, parent, links = [], attributes = {} }: SpanRequest): RunningSpan {
    const options = {
      kind: KINDS[kind],
      attributes,
      links: links.map((traceparent) => ({ context: spanContextOf(traceparent) })),
    };
    return new OpenSpan(this.tracer.startSpan(name, options, contextOf(parent)));
  }

  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.sdk.shutdown().catch(() => undefined), tooLate]);
    clearTimeout(timer);
    trace.disable();
  }
}

class OpenSpan implements RunningSpan {
  readonly traceId: string;
  readonly traceparent: string;

  constructor(private readonly span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      this.span.setAttribute('error.type', errorType(error));
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, spanContextOf(traceparent));
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId, spanId, flags] = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return INVALID_SPAN_CONTEXT;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

function errorType(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
