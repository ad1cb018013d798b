import { inSpan } from './in-span.js';
import { isTracingAsked, startTracing } from './start-tracing.js';
import { currentTrace, withTrace } from './trace-context.js';
import { tracing, type RunningSpan, type SpanRequest, type Tracing } from './tracing.js';

class Recorder implements Tracing {
  readonly spans: (SpanRequest & { error?: unknown; ended?: boolean })[] = [];

  start(request: SpanRequest): RunningSpan {
    const span: (typeof this.spans)[number] = { ...request };
    this.spans.push(span);
    const traceId = String(this.spans.length).padStart(32, 'a');
    return {
      traceId,
      traceparent: `00-${traceId}-00000000000000ff-01`,
      set: () => undefined,
      end: (error) => Object.assign(span, { error, ended: true }),
    };
  }
}

describe('tracing', () => {
  it.each([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_EXPORTER: '' }, false],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
  ])('is asked for by the standard variables: %j -> %s', (environment, asked) => {
    expect(isTracingAsked(environment)).toBe(asked);
  });

  it('is absent unless asked for', async () => {
    const stop = await startTracing('test', {});
    expect(tracing()).toBeUndefined();
    await stop();
  });

  it('runs work in a span that everything after an await still knows', async () => {
    const recorder = new Recorder();
    const seen = await inSpan(recorder, { name: 'outer', kind: 'server' }, async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [span.traceId, currentTrace()?.traceId];
    });
    expect(seen[0]).toBe(seen[1]);
    expect(currentTrace()).toBeUndefined();
    expect(recorder.spans).toMatchObject([{ name: 'outer', ended: true, error: undefined }]);
  });

  it('ends the span with the error, which goes on to the caller', async () => {
    const recorder = new Recorder();
    const error = new TypeError('no');
    await expect(inSpan(recorder, { name: 'failing', kind: 'internal' }, () => Promise.reject(error))).rejects.toBe(
      error,
    );
    expect(recorder.spans).toMatchObject([{ ended: true, error }]);
  });

  it('keeps traces that run at the same time apart', async () => {
    const work = (traceId: string): Promise<string | undefined> =>
      withTrace({ traceId }, async () => {
        await Promise.resolve();
        return currentTrace()?.traceId;
      });
    expect(await Promise.all(['a', 'b', 'c'].map(work))).toEqual(['a', 'b', 'c']);
  });
});
