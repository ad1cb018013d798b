import { printTable, type Measured } from '../report.js';
import { EXPERIMENT, experimentBody } from '../loop/traffic.js';
import { benchBacklog } from './backlog.js';
import { benchLatency } from './latency.js';
import { benchReplicas } from './replicas.js';
import { benchRollingRestart } from './rolling-restart.js';
import { TestCluster } from './test-cluster.js';
import { benchThroughput } from './throughput.js';

const EVERY_SERVICE_TWICE = {
  gateway: 2,
  identity: 2,
  experiments: 2,
  flags: 2,
  assignment: 2,
  ingestion: 2,
  analysis: 2,
};

/** Each part with a platform of its own, so that none finds what another has left. */
const PARTS: Record<string, (scale: number) => Promise<Measured[]>> = {
  throughput: (scale) => withCluster({}, (cluster) => benchThroughput(cluster, 240_000 * scale)),
  latency: (scale) =>
    withCluster({}, async (cluster) => {
      await addProbeMetric(cluster);
      return benchLatency(cluster, Math.max(15, 60 * scale));
    }),
  replicas: (scale) => withCluster({ analysis: 2 }, (cluster) => benchReplicas(cluster, 360_000 * scale)),
  rolling: () => withCluster(EVERY_SERVICE_TWICE, benchRollingRestart),
  backlog: (scale) => withCluster({}, (cluster) => benchBacklog(cluster, 1_000_000 * scale)),
};

/**
 * The platform as separate processes on Kafka. `--quick` takes a tenth of everything; names of parts (throughput, latency,
 * replicas, rolling, backlog) take only those.
 */
export async function benchCluster(options: readonly string[]): Promise<void> {
  const scale = options.includes('--quick') ? 0.1 : 1;
  const wanted = options.filter((option) => !option.startsWith('--'));
  const rows: Measured[] = [];
  for (const [name, run] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`  ${name}`);
    rows.push(...(await run(scale)));
  }
  printTable('Services apart, on Kafka, on this machine, in this run', rows);
}

async function withCluster(
  replicas: Readonly<Record<string, number>>,
  measure: (cluster: TestCluster) => Promise<Measured[]>,
): Promise<Measured[]> {
  const cluster = await TestCluster.make(replicas);
  // The processes are in groups of their own: Ctrl-C does not reach them by itself.
  const end = (): void => void cluster.stop().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);
  try {
    await cluster.start();
    return await measure(cluster);
  } finally {
    await cluster.stop();
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, end);
  }
}

async function addProbeMetric({ client }: TestCluster): Promise<void> {
  const metrics = [...experimentBody.metrics, { name: 'probes', eventName: 'probe', metricType: 'COUNT' }];
  await client.post(`/api/v1/experiments/${EXPERIMENT}/amendments`, { change: { metrics }, reason: 'probes' });
}
