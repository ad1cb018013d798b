import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventAccepted } from '@assay/contracts';
import { brokersOrSkip, createTestDatabase, TestProcess, type TestDatabase } from '@assay/testing';
import pg from 'pg';
import { OtlpReceiver, type ReceivedSpan } from '../../apps/standalone/test/otlp-receiver.js';

const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;
// Services of their own speak over Kafka only; why there is no broker is printed.
const brokers = brokersOrSkip('a trace over all processes, and the metrics of each,');

(brokers === undefined ? describe.skip : describe)('services as processes of their own', () => {
  const name = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const receiver = new OtlpReceiver();
  let dataDir: string;
  let database: TestDatabase;
  let cluster: TestProcess;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-trace-'));
    database = await createTestDatabase({ empty: true });
    cluster = new TestProcess('tools/run/cluster.mjs', {
      environment: {
        PORT: '0',
        ASSAY_DATA_DIR: dataDir,
        DATABASE_URL: database.url,
        KAFKA_BROKERS: brokers ?? '',
        KAFKA_PREFIX: `${name}.`,
        ASSAY_DB_ROLE_PREFIX: `${name}_`,
        OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.start(),
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      },
    });
    await until(() => /Assay is ready at/.test(cluster.out));
  }, 300_000);
  afterAll(async () => {
    cluster.kill('SIGTERM');
    await cluster.ended;
    await receiver.stop();
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    for (const service of SERVICES) await owner.query(`DROP OWNED BY ${name}_${service}; DROP ROLE ${name}_${service}`);
    await owner.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const addressOf = (service: string): string =>
    new RegExp(`^${service} +\\| start: listening url=(\\S+)`, 'm').exec(cluster.out)?.[1] ?? '';

  it('are one trace for one event: edge, ingestion, append, row', async () => {
    const { key } = JSON.parse(readFileSync(join(dataDir, 'cli-credentials.json'), 'utf8')) as { key: string };
    const sent = await fetch(`${addressOf('gateway')}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ id: 'e1', eventType: 'purchase', userId: 'ada' }] }),
    });
    expect(sent.status).toBe(202);
    const trace = sent.headers.get('x-trace-id');
    const find = (what: string, service: string): ReceivedSpan | undefined =>
      receiver.spans.find(
        (span) => span.name === what && span.traceId === trace && receiver.serviceOf(span) === service,
      );
    const row = (): ReceivedSpan | undefined => find(`process ${eventAccepted.name}`, 'assay-analysis');
    await until(() => row() !== undefined && find('POST /api/v1/events', 'assay-gateway') !== undefined);
    const edge = find('POST /api/v1/events', 'assay-gateway');
    const intake = find('POST /api/v1/events', 'assay-ingestion');
    const append = find(`send ${eventAccepted.name}`, 'assay-ingestion');
    expect(edge).not.toHaveProperty('parentSpanId', expect.stringMatching(/./));
    expect(intake?.parentSpanId).toBe(edge?.spanId);
    expect(append?.parentSpanId).toBe(intake?.spanId);
    expect(row()?.parentSpanId).toBe(append?.spanId);
  });

  it('each tell Prometheus of the log with nothing but the rights of their own role', async () => {
    for (const service of SERVICES) {
      const metrics = await (await fetch(`${addressOf(service)}/metrics`)).text();
      for (const value of [
        /^assay_outbox_age_seconds [\d.]+$/m,
        /^assay_dead_letters\{topic="assay.event.accepted.v1"\} 0$/m,
      ])
        expect([service, metrics]).toEqual([service, expect.stringMatching(value)]);
    }
    const analysis = await (await fetch(`${addressOf('analysis')}/metrics`)).text();
    expect(
      analysis.match(/^assay_consumer_lag_records\{group="analysis",topic="assay.event.accepted.v1"/gm),
    ).toHaveLength(8);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 280_000; !holds(); await sleep(50)) {
    if (Date.now() > end) throw new Error('waited in vain');
  }
}
