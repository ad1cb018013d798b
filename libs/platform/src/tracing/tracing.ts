import type { TraceContext } from './trace-context.js';

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What a span is to say. Never anything about a person: keys, bodies and texts of errors stay out. */
export interface SpanRequest {
  readonly name: string;
  readonly kind: SpanKind;
  /** `traceparent` of the span it belongs under; without one it begins a trace. */
  readonly parent?: string | undefined;
  /** `traceparent`s of other spans that led to it. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
}

/** A span at work. */
export interface RunningSpan extends TraceContext {
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** `error` is what it failed with; its class or code is recorded, not its text. */
  end(error?: unknown): void;
}

/** Makes spans. */
export interface Tracing {
  start(request: SpanRequest): RunningSpan;
}

let installed: Tracing | undefined;

/** Undefined unless `startTracing` was asked to trace: then nothing is to be done and nothing is paid. */
export const tracing = (): Tracing | undefined => installed;

export function installTracing(made: Tracing | undefined): void {
  installed = made;
}
