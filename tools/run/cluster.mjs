// `npm run cluster`: PostgreSQL, Kafka and every service as a process of its own, in the foreground.
import { runHere } from './run-here.mjs';

await runHere(import.meta.filename, async () => {
  const { runCluster } = await import('../cluster/src/run-cluster.mjs');
  await runCluster();
});
