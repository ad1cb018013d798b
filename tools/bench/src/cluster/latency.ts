import type { ExperimentResults } from '@assay/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXPERIMENT, traffic, type SentEvent } from '../loop/traffic.js';
import type { Measured } from '../report.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';

const RATE = 2_000;
const TICK_MS = 50;
/** Often enough for the numbers asked for; each is a request of its own, and is to be no load worth naming. */
const POLL_MS = 50;
const PROBE = 'probe-user';
const NAMES = ['gateway', 'identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'];

/**
 * A steady 2,000 events a second. In each twentieth of a second one of them is a page view of a user whose count is read from the
 * results all the time: how long after its 202 the results have it.
 */
export async function benchLatency(cluster: TestCluster, seconds: number): Promise<Measured[]> {
  progress(`${RATE.toLocaleString('en')} events a second for ${seconds} s`);
  const probes = new Probes(cluster);
  await probes.begin();
  const events = traffic(RATE * seconds, RATE, 'steady');
  const peak = new Map(NAMES.map((name) => [name, 0]));
  const began = performance.now();
  const pending: Promise<void>[] = [];
  const polling = probes.poll();
  for (let tick = 0; tick < (seconds * 1_000) / TICK_MS; tick += 1) {
    const batch = take(events, (RATE * TICK_MS) / 1_000 - 1);
    pending.push(probes.send(batch));
    if (tick % 20 === 0) for (const name of NAMES) peak.set(name, Math.max(peak.get(name) ?? 0, cluster.memory(name)));
    const next = began + (tick + 1) * TICK_MS;
    await sleep(Math.max(0, next - performance.now()));
  }
  await Promise.all(pending);
  const late = performance.now() - began - seconds * 1_000;
  const times = (await probes.end(polling)).sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  const p99 = at(0.99);
  const highest = [...peak].sort(([, a], [, b]) => b - a);
  const most = highest[0]?.[1] ?? Number.NaN;
  return [
    {
      what: `accepted -> in the results, ${RATE.toLocaleString('en')} events/s for ${seconds} s`,
      value: `p50 ${at(0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, worst ${at(1).toFixed(0)} ms (${times.length} probes)`,
      target: 'p99 <= 1 s',
      ok: p99 <= 1_000 && late < 2_000,
    },
    {
      what: 'memory at that load',
      value: highest.map(([name, megabytes]) => `${name} ${megabytes.toFixed(0)}`).join(', ') + ' MB',
      target: '<= 200 MB each',
      ok: most <= 200,
    },
  ];
}

function take(events: Iterator<SentEvent>, count: number): SentEvent[] {
  return Array.from({ length: count }, () => events.next().value as SentEvent | undefined).filter(
    (event) => event !== undefined,
  );
}

/** Page views of one user, numbered by their order, and when each was accepted and seen. */
class Probes {
  private readonly accepted: number[] = [];
  private readonly seen: { readonly at: number; readonly count: number }[] = [];
  private base = 0;
  private sent = 0;
  private isOver = false;

  constructor(private readonly cluster: TestCluster) {}

  async begin(): Promise<void> {
    const exposure = {
      id: `${PROBE}-0`,
      eventType: '$exposure',
      userId: PROBE,
      experiment: EXPERIMENT,
      variant: 'control',
    };
    await this.cluster.client.post('/api/v1/events', { events: [{ ...exposure, timestamp: '2026-10-01T00:00:00Z' }] });
    await sleep(2_000);
    this.base = await this.count();
  }

  /** The probe goes with the others; its number is its place among those accepted, which is what the count says. */
  async send(batch: readonly SentEvent[]): Promise<void> {
    this.sent += 1;
    const probe = {
      id: `${PROBE}-${this.sent}`,
      eventType: 'probe',
      userId: PROBE,
      timestamp: new Date().toISOString(),
    };
    await this.cluster.client.post('/api/v1/events', { events: [...batch, probe] });
    this.accepted.push(performance.now());
  }

  async poll(): Promise<void> {
    while (!this.isOver || this.last < this.accepted.length) {
      const at = performance.now();
      const count = (await this.count()) - this.base;
      if (count > this.last) this.seen.push({ at: performance.now(), count });
      await sleep(Math.max(0, POLL_MS - (performance.now() - at)));
    }
  }

  /** Milliseconds from each acceptance to the first answer whose count includes it. */
  async end(polling: Promise<void>): Promise<number[]> {
    this.isOver = true;
    await polling;
    return this.accepted.map((at, index) => {
      const shown = this.seen.find(({ count }) => count >= index + 1)?.at ?? Number.NaN;
      return Math.max(0, shown - at);
    });
  }

  private get last(): number {
    return this.seen.at(-1)?.count ?? 0;
  }

  private async count(): Promise<number> {
    const results = await this.cluster.client.get<ExperimentResults>(`/api/v1/experiments/${EXPERIMENT}/results`);
    const metric = results.metrics.find(({ name }) => name === 'probes');
    return metric?.variants.reduce((sum, variant) => sum + (variant.sum ?? 0), 0) ?? 0;
  }
}
