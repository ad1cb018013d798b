import { randomUUID } from 'node:crypto';
import { eventAccepted } from '@assay/contracts';
import { brokersOrSkip, until } from '@assay/testing';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';
import { OtlpReceiver, type ReceivedSpan } from '../test/otlp-receiver.js';

/** What belongs to people, and must be in no log line and no span. */
const PERSONAL = ['ada.lovelace', 'ada@example.org', '203.0.113.77', 'secret-basket', 'hunter2-hunter2', 'Lovelace St'];

const brokers = brokersOrSkip('traces through Kafka');
const logs = [
  { log: 'PostgreSQL', environment: {} },
  ...(brokers === undefined
    ? []
    : [{ log: 'Kafka', environment: { KAFKA_BROKERS: brokers, KAFKA_PREFIX: `otel-${randomUUID().slice(0, 8)}.` } }]),
];

describe.each(logs)('an event followed through the log in $log', ({ environment }) => {
  const receiver = new OtlpReceiver();
  const folder = testFolder();
  const trace = randomUUID().replaceAll('-', '');
  const caller = '00f067aa0ba902b7';
  let server: AssayServer;

  beforeAll(async () => {
    server = await AssayServer.start(folder, {
      ...environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.start(),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      LOG_LEVEL: 'trace',
      ASSAY_ADMIN_PASSWORD: 'only for this test',
    });
    const metadata = { note: 'secret-basket', address: 'Lovelace St' };
    const event = { id: 'e1', eventType: 'purchase', userId: 'ada.lovelace', value: 1, metadata };
    const headers = {
      authorization: `Bearer ${server.key}`,
      'content-type': 'application/json',
      traceparent: `00-${trace}-${caller}-01`,
      'x-forwarded-for': '203.0.113.77',
    };
    const sent = await server.call('/api/v1/events', {
      method: 'POST',
      headers,
      body: JSON.stringify({ events: [event, { ...event, id: 'e2', value: 'much' }] }),
    });
    expect([sent.status, sent.body]).toMatchObject([202, { accepted: 1, rejected: [{ index: 1 }] }]);
    await until(async () => (await server.read<{ pending: number }>('/ledger')).pending === 0);
  });
  afterAll(async () => {
    await server.stop();
    await receiver.stop();
    removeFolder(folder);
  });

  const find = (name: string): ReceivedSpan | undefined =>
    receiver.spans.find((span) => span.name === name && span.traceId === trace);

  it('leaves a span at the edge, one for the append and one for the row, each under the one before', async () => {
    await until(() => find(`process ${eventAccepted.name}`) !== undefined && find('POST /api/v1/events') !== undefined);
    const edge = find('POST /api/v1/events');
    const append = find(`send ${eventAccepted.name}`);
    const row = find(`process ${eventAccepted.name}`);
    expect([...receiver.paths]).toEqual(['/v1/traces']);
    expect(edge).toMatchObject({ kind: 2, parentSpanId: caller });
    expect(append).toMatchObject({ kind: 4, parentSpanId: edge?.spanId });
    expect(row).toMatchObject({ kind: 5, parentSpanId: append?.spanId });
    expect(edge?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 202 } });
  });

  it('takes the name of the process for its own', () => {
    expect(JSON.stringify(receiver.bodies[0])).toContain('"assay-standalone"');
  });

  it('writes a log of JSON lines that carry the trace', async () => {
    const lines = (): Record<string, unknown>[] =>
      server.process.lines
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await until(() => lines().some((line) => line['route'] === '/api/v1/events'));
    const request = lines().find((line) => line['route'] === '/api/v1/events' && line['method'] === 'POST');
    expect(request).toMatchObject({ service: 'standalone', level: 'debug', status: 202, traceId: trace });
    expect(server.process.lines.filter((line) => !line.startsWith('{'))).toEqual([`Assay is ready at ${server.url}`]);
  });

  it('tells Prometheus what the log and its consumers do', async () => {
    const scrape = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
    const labels = `topic="${eventAccepted.name}",group="analysis"`;
    const all = await scrape();
    expect(all).toContain(`assay_delivery_latency_seconds_count{${labels}} 1\n`);
    expect(all).toContain(`assay_consumer_batch_records_sum{${labels}} 1\n`);
    expect(all).toContain(`assay_consumer_records_total{${labels}} 1\n`);
    expect(all).toContain(
      'http_server_request_duration_seconds_count{method="POST",route="/api/v1/events",status="202"} 1\n',
    );
    const lags = [
      ...all.matchAll(/^assay_consumer_lag_records\{group="analysis",topic="(.*?)",partition="(\d+)"\} (\d+)$/gm),
    ];
    expect(lags.filter(([, topic]) => topic === eventAccepted.name).map(([, , , lag]) => lag)).toEqual(
      Array(8).fill('0'),
    );
    expect(all).toContain(`assay_dead_letters{topic="${eventAccepted.name}"} 0\n`);
    expect(all).toMatch(/^assay_outbox_messages \d+$/m);
    expect(all).toMatch(/^assay_outbox_age_seconds [\d.e-]+$/m);
  });

  it('keeps people out of logs and traces, whatever goes wrong', async () => {
    const post = (path: string, body: unknown, type = 'application/json') =>
      server.call(path, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${server.key}` },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const user = { username: 'ada.lovelace', email: 'ada@example.org', password: 'hunter2-hunter2', fullName: 'Ada' };
    expect((await post('/api/v1/auth/login', user)).status).toBe(400);
    expect(
      (await post('/api/v1/auth/login', { username: 'ada@example.org', password: 'hunter2-hunter2' })).status,
    ).toBe(401);
    await post('/api/v1/users', user);
    expect((await post('/api/v1/users', user)).status).toBe(409);
    await post('/api/v1/events', '{"events": [{"userId": "ada.lovelace", broken');
    await server.call('/api/v1/events?userId=ada.lovelace&eventType=secret-basket');
    await server.call('/api/v1/assignments?experiment=none&userId=ada.lovelace');
    await server.call('/api/v1/nowhere/ada@example.org');
    await post('/ofrep/v1/evaluate/flags/none', {
      context: { targetingKey: 'ada.lovelace', email: 'ada@example.org' },
    });
    const before = receiver.spans.length;
    await until(() => receiver.spans.length > before);
    const told = `${server.process.out}\n${server.process.err}\n${JSON.stringify(receiver.bodies)}`;
    expect(told.length).toBeGreaterThan(2_000);
    expect(PERSONAL.filter((text) => told.includes(text))).toEqual([]);
    expect(told).not.toContain(server.key);
  });
});
