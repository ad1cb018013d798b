import { eventAcceptedName, PARTITIONS } from './topic.js';
import { perSecond, timed, type Measured } from '../report.js';
import { rawInsertRate } from '../loop/raw-insert.js';
import { bodies, traffic } from '../loop/traffic.js';
import { progress, stillAt } from './progress.js';
import { bareProducerRate, messageSize } from './bare-producer.js';
import type { TestCluster } from './test-cluster.js';

const IN_FLIGHT = 4;

/** Sends events over HTTP, 1,000 a body, four bodies in flight; events a second. */
export async function send(cluster: TestCluster, count: number, prefix: string): Promise<number> {
  progress(`sending ${count.toLocaleString('en')} events over HTTP`);
  const waiting = bodies(traffic(count, Math.ceil(count / 6), prefix)).reverse();
  const total = waiting.length;
  const one = async (): Promise<void> => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
      await cluster.client.send('POST', '/api/v1/events', body);
      stillAt(() => `${waiting.length} of ${total} bodies are still to be sent`);
    }
  };
  const [, took] = await timed(() => Promise.all(Array.from({ length: IN_FLIGHT }, one)));
  return (count / took) * 1_000;
}

/** Ingestion against a bare producer, analysis against a bare insert: same broker, same database, same run. */
export async function benchThroughput(cluster: TestCluster, count: number): Promise<Measured[]> {
  const { cluster: processes } = cluster;
  await send(cluster, 20_000, 'warm');
  await cluster.untilApplied(20_000);
  // Ingestion is measured with the broker and the gateway only; analysis starts when it is done.
  await processes.child('analysis').stop();
  const size = await messageSize(processes.brokers, eventAcceptedName);
  progress('a bare producer writes as many');
  const bare = await bareProducerRate(processes.brokers, size, count, PARTITIONS);
  const ingested = await send(cluster, count, 'throughput');
  const since = new Date();
  const drained = await drainRate(cluster, 20_000 + count);
  progress('a bare insert of the same rows');
  const raw = await rawInsertRate(cluster.sql, since);
  return [
    row('bare kafkajs producer', `${perSecond(bare)}, ${Math.round(size)} bytes each`, '', null),
    row(
      'ingestion over HTTP, acknowledged',
      `${perSecond(ingested)} = ${(ingested / bare).toFixed(2)} of it`,
      '>= 0.5',
      ingested / bare >= 0.5,
    ),
    row('bare insert of the same rows', perSecond(raw), '', null),
    row(
      'analysis from Kafka',
      `${perSecond(drained)} = ${(drained / raw).toFixed(2)} of it`,
      '>= 0.35',
      drained / raw >= 0.35,
    ),
  ];
}

/** Of what has piled up, the part by which a process that has just started compiles what it runs: that is not what is measured. */
export const WARM_UP = 0.1;

/** Starts the analysis on what has piled up; events a second from when it is warm to the last. */
export async function drainRate(cluster: TestCluster, until: number): Promise<number> {
  const before = await cluster.applied();
  progress('the analysis applies what has piled up');
  const analysis = cluster.cluster.child('analysis');
  analysis.start();
  await cluster.untilApplied(before + Math.max(1, Math.floor((until - before) * WARM_UP)));
  const [first, began] = [await cluster.applied(), performance.now()];
  await cluster.untilApplied(until);
  const took = performance.now() - began;
  await analysis.ready();
  return ((until - first) / took) * 1_000;
}

const row = (what: string, value: string, target: string, ok: boolean | null): Measured => ({
  what,
  value,
  target,
  ok,
});
