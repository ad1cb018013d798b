// `npm run demo [-- --exit] [-- --fresh] [-- --cluster]`: starts the platform, replays a published A/B test through its public
// interface, prints the results and goes on serving. `--exit` ends after the table, `--fresh` begins with an empty data
// directory, `--cluster` runs each service as a process of its own, on Kafka.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clusterDataDir } from '../cluster/src/cluster-data-dir.mjs';
import { mainOf, node, processEnvironment, serverFlags } from './places.mjs';
import { runHere } from './run-here.mjs';

const options = new Set(process.argv.slice(2));
const unknown = [...options].filter((option) => !['--exit', '--fresh', '--cluster'].includes(option));
if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(' ')}. Usage: npm run demo [-- --exit] [-- --fresh] [-- --cluster]\n`);
  process.exit(1);
}

let replaying;
const isCluster = options.has('--cluster');

await runHere(import.meta.filename, async () => {
  if (options.has('--fresh')) await startAnew();
  const program = isCluster ? [join(import.meta.dirname, 'cluster.mjs')] : [...serverFlags, mainOf('standalone')];
  const server = spawn(node, program, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...processEnvironment, ...process.env, ...clusterSettings() },
  });
  const ended = once(server, 'exit').then(([code, signal]) => (signal === null ? code : 1));
  let isStopping = false;
  const stop = () => {
    isStopping = true;
    replaying?.kill('SIGTERM');
    server.kill('SIGTERM');
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);

  const url = await Promise.race([addressOf(server), ended.then(() => undefined)]);
  if (url === undefined) process.exit(isStopping ? 0 : 1);
  const failure = await replay(url);
  if (isStopping) process.exit(await ended);
  if (failure !== 0 || options.has('--exit')) {
    stop();
    const code = await ended;
    process.exit(failure || code);
  }
  process.stdout.write(`\nServing at ${url} (interface: ${url}/api/docs). Ctrl-C stops it; the data stay.\n`);
  process.exit(await ended);
});

async function startAnew() {
  const { removeData, StartupError } = await import('@assay/platform');
  try {
    await removeData(isCluster ? clusterDataDir() : process.env.ASSAY_DATA_DIR || '.assay');
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The table is what is to be seen; the processes speak up when something is wrong. */
function clusterSettings() {
  if (!isCluster) return {};
  return { ASSAY_DATA_DIR: clusterDataDir(), LOG_LEVEL: process.env.LOG_LEVEL || 'warn' };
}

/** The address, once the server says that it is ready; everything it says is passed on. */
function addressOf(server) {
  return new Promise((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      const ready = /^Assay is ready at (\S+)$/.exec(line);
      if (ready !== null) resolve(ready[1]);
    });
  });
}

/** Exit code of the command that sends the data and prints the results. */
async function replay(url) {
  const env = { ...process.env, ...clusterSettings() };
  replaying = spawn(node, [mainOf('cli'), '--url', url, 'demo'], { stdio: ['ignore', 'inherit', 'inherit'], env });
  const [code] = await once(replaying, 'exit');
  return code ?? 1;
}
