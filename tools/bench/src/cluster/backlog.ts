import { perSecond, type Measured } from '../report.js';
import { progress } from './progress.js';
import type { TestCluster } from './test-cluster.js';
import { drainRate, send } from './throughput.js';

/** An analysis that comes back to a long backlog: how fast, and whether it grows. */
export async function benchBacklog(cluster: TestCluster, count: number): Promise<Measured[]> {
  progress('analysis is stopped');
  await cluster.cluster.child('analysis').stop();
  const before = await cluster.applied();
  await send(cluster, count, 'backlog');
  let most = 0;
  const watch = setInterval(() => {
    if (cluster.cluster.child('analysis').isRunning) most = Math.max(most, cluster.memory('analysis'));
  }, 100);
  const rate = await drainRate(cluster, before + count);
  clearInterval(watch);
  return [
    {
      what: `memory of an analysis that is ${count.toLocaleString('en')} events behind`,
      value: `at most ${most.toFixed(0)} MB, at ${perSecond(rate)}`,
      target: '<= 300 MB',
      ok: most > 0 && most <= 300,
    },
  ];
}
