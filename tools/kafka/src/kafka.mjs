// A Kafka broker without Docker, for tests and for `npm run cluster`.
//
//   node tools/kafka/src/kafka.mjs run [--nodes 1|3] [--port 9092] [--data FOLDER]   in the foreground until SIGTERM or SIGINT
//   node tools/kafka/src/kafka.mjs ensure --run PID                                  one for a test run; prints JSON
//   node tools/kafka/src/kafka.mjs fetch                                             only fetches the jars
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KafkaCluster } from './cluster.mjs';
import { ensureBroker, isAlive } from './ensure.mjs';
import { fetchJars, missing } from './jars.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '1' },
    port: { type: 'string' },
    data: { type: 'string' },
    run: { type: 'string' },
    // How `ensure` steers the broker it starts.
    while: { type: 'string' },
    announce: { type: 'string' },
    remove: { type: 'string' },
  },
});

const commands = { run: runCluster, ensure, fetch };
const command = commands[positionals[0]];
if (command === undefined) {
  console.error('usage: kafka.mjs run | ensure --run PID | fetch');
  process.exit(2);
}
await command().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

async function fetch() {
  console.log(await fetchJars());
}

async function ensure() {
  console.log(JSON.stringify(await ensureBroker(Number(values.run ?? process.ppid))));
}

async function runCluster() {
  const reason = missing();
  if (reason !== undefined) throw new Error(`Kafka cannot run here: ${reason}.`);
  const data = values.data ?? mkdtempSync(join(tmpdir(), 'assay-kafka-'));
  const remove = values.remove ?? (values.data === undefined ? data : undefined);
  const port = values.port === undefined ? {} : { port: Number(values.port) };
  const cluster = new KafkaCluster({ data, nodes: Number(values.nodes), ...port });
  let ending = false;
  const end = async (hard) => {
    if (ending) return;
    ending = true;
    if (hard) cluster.kill();
    await cluster.stop();
    if (remove !== undefined) rmSync(remove, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  process.on('SIGTERM', () => void end(false));
  process.on('SIGINT', () => void end(false));
  const run = values.while === undefined ? undefined : Number(values.while);
  // Watches the run instead of being told, so that nothing stays behind after Ctrl-C or kill -9 either.
  if (run !== undefined) setInterval(() => isAlive(run) || void end(true), 250);
  await cluster.start().catch((error) => {
    if (values.announce !== undefined) writeFileSync(`${values.announce}.failed`, String(error));
    throw error;
  });
  announce(cluster.brokers);
  console.log(`ready ${cluster.brokers}`);
}

/** Written beside and renamed, so that a reader never sees half of it. */
function announce(brokers) {
  if (values.announce === undefined) return;
  writeFileSync(`${values.announce}.part`, JSON.stringify({ brokers, pid: process.pid }));
  renameSync(`${values.announce}.part`, values.announce);
}
