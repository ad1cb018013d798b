import { AsyncLocalStorage } from 'node:async_hooks';

/** The trace that the code at hand works for. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** W3C `traceparent` to hand on; absent when nobody traces, neither the caller nor we. */
  readonly traceparent?: string;
}

const storage = new AsyncLocalStorage<TraceContext>();

/** The trace of the request or message at work; undefined outside of one. */
export const currentTrace = (): TraceContext | undefined => storage.getStore();

/** Runs work for a trace: log lines, messages and calls that come of it carry it. */
export const withTrace = <T>(trace: TraceContext, work: () => T): T => storage.run(trace, work);
