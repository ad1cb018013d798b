import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXPERIMENT } from '../loop/traffic.js';
import type { Measured } from '../report.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';

const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis', 'gateway'];
/** As long as an orchestrator takes to send nobody to a pod that is about to stop. */
const OUT_OF_TURN_MS = 300;

/** Restarts every process, two of each service, one after the other, while four clients go on; no client tries again. */
export async function benchRollingRestart(cluster: TestCluster): Promise<Measured[]> {
  const load = new Load(cluster);
  const working = load.run();
  await sleep(2_000);
  let restarted = 0;
  for (const service of SERVICES) {
    for (const name of [service, `${service}-2`]) {
      restarted += 1;
      progress(`${name} is being restarted, ${restarted} of ${SERVICES.length * 2}`);
      const child = cluster.cluster.child(name);
      if (service === 'gateway') load.leaveOut(child.url);
      if (service === 'gateway') await sleep(OUT_OF_TURN_MS);
      await child.stop();
      child.start();
      await child.ready();
      load.takeBack();
    }
  }
  await sleep(1_000);
  load.isOver = true;
  await working;
  const failures = [...load.failures].map(([what, times]) => `${times} x ${what}`).join('; ');
  return [
    {
      what: `rolling restart of ${SERVICES.length * 2} processes under load`,
      value: `${load.failed} of ${load.asked} requests failed${failures === '' ? '' : ` (${failures})`}`,
      target: '0',
      ok: load.failed === 0,
    },
  ];
}

class Load {
  asked = 0;
  failed = 0;
  isOver = false;
  readonly failures = new Map<string, number>();
  private left: string | undefined;

  constructor(private readonly cluster: TestCluster) {}

  /** As a load balancer takes a gateway out of turn before it is stopped. */
  leaveOut(url: string): void {
    this.left = url;
  }

  takeBack(): void {
    this.left = undefined;
  }

  async run(): Promise<void> {
    const event = () => ({ id: randomUUID(), eventType: 'page_view', userId: `user-${this.asked % 500}` });
    const events = () => ({ events: Array.from({ length: 20 }, event) });
    await Promise.all([
      this.repeat('POST', () => '/api/v1/events', events),
      this.repeat(
        'POST',
        () => '/api/v1/assignments',
        () => ({ experiment: EXPERIMENT, userId: `user-${this.asked % 500}` }),
      ),
      this.repeat('GET', () => `/api/v1/experiments/${EXPERIMENT}/results`),
      this.repeat('GET', () => ['/api/v1/flags', '/api/v1/users', '/api/v1/experiments'][this.asked % 3] ?? ''),
    ]);
  }

  private async repeat(method: string, path: () => string, body?: () => unknown): Promise<void> {
    while (!this.isOver) {
      const [address, what] = [this.gateway(), path()];
      this.asked += 1;
      const outcome = await fetch(`${address}${what}`, {
        method,
        headers: { authorization: `Bearer ${this.cluster.cluster.key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
      }).then(
        async (answer) => (await answer.arrayBuffer(), answer.ok ? undefined : String(answer.status)),
        (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
      );
      if (outcome !== undefined) this.note(`${method} ${what.split('?')[0]} ${outcome}`);
      await sleep(10);
    }
  }

  private gateway(): string {
    const urls = ['gateway', 'gateway-2'].map((name) => this.cluster.cluster.child(name).url);
    const open = urls.filter((url) => url !== this.left);
    return open[this.asked % open.length] ?? '';
  }

  private note(failure: string): void {
    this.failed += 1;
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
  }
}
