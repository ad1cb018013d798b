import { defineTopic, type Envelope } from '@assay/contracts';
import { currentTrace, installTracing, withTrace, type RunningSpan, type SpanRequest } from '@assay/platform';
import { z } from 'zod';
import type { LogContext } from '../consumer/log-context.js';
import { jsonOf } from '../log/encoded-record.js';
import { encoder } from '../log/log-producer.js';
import type { LogRecord } from '../log/records.js';
import { traceAppend } from './trace-append.js';
import { traceHandling } from './trace-handling.js';

const topic = defineTopic({
  type: 'thing.done',
  version: 1,
  schema: z.object({}),
  keyedBy: 'nothing',
  partitions: 1,
  retention: { kind: 'delete', hours: 1 },
});
const parentOf = (digit: string): string => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

function record(traceparent?: string): LogRecord {
  const encode = encoder(topic, { source: '/test', now: new Date(0), traceparent });
  const envelope = JSON.parse(jsonOf(encode({ key: 'ada', data: {} }))) as Envelope;
  return { offset: 0, key: 'ada', data: envelope.data, envelope, traceparent };
}

const contextOf = (first: LogRecord): LogContext =>
  ({ topic: topic.name, group: 'g', partition: 3, record: first }) as unknown as LogContext;

async function handled(mode: 'single' | 'batch', records: readonly LogRecord[]): Promise<string | undefined> {
  let seen: string | undefined;
  const invoke = traceHandling(topic, mode, () => {
    seen = currentTrace()?.traceparent;
    return Promise.resolve();
  });
  await invoke(mode === 'batch' ? { records } : {}, contextOf(records[0] as LogRecord));
  return seen;
}

describe('spans of the log', () => {
  let started: SpanRequest[];

  beforeEach(() => {
    started = [];
    const start = (request: SpanRequest): RunningSpan => {
      started.push(request);
      return { traceId: 'f'.repeat(32), traceparent: parentOf('f'), set: () => undefined, end: () => undefined };
    };
    installTracing({ start });
  });
  afterEach(() => installTracing(undefined));

  it('puts the append into the envelope, and says nothing about whose record it is', async () => {
    const written: (string | undefined)[] = [];
    await traceAppend(topic, 7, (traceparent) => Promise.resolve(void written.push(traceparent)));
    expect(written).toEqual([parentOf('f')]);
    expect(started).toMatchObject([{ name: 'send assay.thing.done.v1', kind: 'producer' }]);
    expect(started[0]?.attributes).toMatchObject({ 'messaging.batch.message_count': 7 });
  });

  it('writes nothing into envelopes where nobody traces here', async () => {
    installTracing(undefined);
    const written: (string | undefined)[] = [];
    const trace = { traceId: 'a'.repeat(32), traceparent: parentOf('a') };
    await withTrace(trace, () => traceAppend(topic, 1, (parent) => Promise.resolve(void written.push(parent))));
    expect(written).toEqual([undefined]);
    expect(record().envelope).not.toHaveProperty('traceparent');
  });

  it('puts a batch of one trace under it', async () => {
    expect(await handled('batch', [record(parentOf('a')), record(parentOf('a')), record()])).toBe(parentOf('f'));
    expect(started).toMatchObject([{ name: 'process assay.thing.done.v1', kind: 'consumer', parent: parentOf('a') }]);
    expect(JSON.stringify(started)).not.toContain('ada');
  });

  it('links a batch of several traces to each of them, up to a hundred', async () => {
    await handled('batch', [record(parentOf('a')), record(parentOf('b')), record(parentOf('a'))]);
    expect(started[0]?.parent).toBeUndefined();
    expect(started[0]?.links).toEqual([parentOf('a'), parentOf('b')]);
    const many = Array.from({ length: 150 }, (_, n) =>
      record(`00-${String(n).padStart(32, '0')}-${'1'.repeat(16)}-01`),
    );
    await handled('batch', many);
    expect(started[1]?.links).toHaveLength(100);
  });

  it('hands a single record’s trace to the handler even where nobody traces here', async () => {
    installTracing(undefined);
    expect(await handled('single', [record(parentOf('a'))])).toBe(parentOf('a'));
    expect(await handled('single', [record()])).toBeUndefined();
    expect(await handled('batch', [record(parentOf('a'))])).toBeUndefined();
    expect(started).toEqual([]);
  });
});
