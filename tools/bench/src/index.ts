import { benchCluster } from './cluster/bench-cluster.js';
import { benchEvaluation } from './evaluation/bench-evaluation.js';
import { benchKafkaClients } from './kafka-clients/bench-kafka-clients.js';
import { benchLoop } from './loop/bench-loop.js';
import { benchOfrep } from './ofrep/bench-ofrep.js';
import { benchPropagation } from './propagation/bench-propagation.js';
import { benchStats } from './stats/bench-stats.js';

/** Benchmarks by name: `npm run bench -- loop`. */
const BENCHES: Record<string, (options: readonly string[]) => Promise<void>> = {
  cluster: benchCluster,
  evaluation: benchEvaluation,
  ofrep: benchOfrep,
  propagation: benchPropagation,
  loop: benchLoop,
  stats: benchStats,
  'kafka-clients': benchKafkaClients,
};

const [name = '', ...options] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exit(2);
}
await bench(options);
