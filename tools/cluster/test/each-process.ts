import { eventAccepted } from '@assay/contracts';
import { until, patientFetch } from '@assay/testing';
import type { OtlpReceiver, ReceivedSpan } from '../../../apps/standalone/test/otlp-receiver.js';
import { SERVICES, type RunningCluster } from './running-cluster.js';

/** What a cluster's processes make and say of it, each by itself: spans, and metrics. They were told where traces go. */
export function describeEachProcess(cluster: () => RunningCluster, receiver: OtlpReceiver): void {
  it('makes one trace of one event: edge, ingestion, append, row', async () => {
    const sent = await patientFetch(`${cluster().url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cluster().key}`, 'content-type': 'application/json' },
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

  it('tells Prometheus of the log, each process with nothing but the rights of its own role', async () => {
    for (const service of SERVICES) {
      const metrics = await (await fetch(`${cluster().addressOf(service)}/metrics`)).text();
      for (const value of [
        /^assay_outbox_age_seconds [\d.]+$/m,
        /^assay_dead_letters\{topic="assay.event.accepted.v1"\} 0$/m,
      ])
        expect([service, metrics]).toEqual([service, expect.stringMatching(value)]);
    }
    const analysis = await (await fetch(`${cluster().addressOf('analysis')}/metrics`)).text();
    expect(
      analysis.match(/^assay_consumer_lag_records\{group="analysis",topic="assay.event.accepted.v1"/gm),
    ).toHaveLength(8);
  });
}
