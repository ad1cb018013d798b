// `npm run chaos`: traffic, disasters, and the question whether anything was lost, doubled or miscounted.
import { chmodSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Cluster } from '../../cluster/src/cluster.mjs';
import { LogLines } from '../../cluster/src/log-lines.mjs';
import { check, settle, untilEqual } from './check.mjs';
import { Client } from './client.mjs';
import { Disasters } from './disasters.mjs';
import { Changes, makeDefinitions } from './experiments.mjs';
import { optionsOf, USAGE } from './options.mjs';
import { randomOf } from './random.mjs';
import { plantDamage } from './plant.mjs';
import { printFindings } from './report.mjs';
import { Traffic } from './traffic.mjs';

const say = (line) => void process.stdout.write(`${line}\n`);

/** @returns {Promise<number>} the exit code */
export async function runChaos(args) {
  let options;
  try {
    options = optionsOf(args);
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    return 2;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-chaos-'));
  // The database's account has to get in, else its data would lie elsewhere.
  chmodSync(dataDir, 0o755);
  const logFile = createWriteStream(join(dataDir, 'chaos.log'));
  const cluster = new Cluster({
    dataDir,
    log: new LogLines((line) => logFile.write(`${new Date().toISOString()} ${line}\n`), false),
    port: 0,
    replicas: { analysis: options.analysis },
    environment: { LOG_LEVEL: 'info' },
  });
  const endings = ['SIGTERM', 'SIGINT'].map((name) => [name, () => void cluster.stop().then(() => process.exit(1))]);
  for (const [name, end] of endings) process.on(name, end);
  say(
    `Seed ${options.seed}; ${options.events.toLocaleString('en')} events, ${options.kills} disasters; log in ${dataDir}/chaos.log`,
  );
  let code = 1;
  try {
    code = await storm(cluster, options);
  } catch (error) {
    say(`The run failed (seed ${options.seed}): ${error.stack}`);
  } finally {
    await cluster.stop();
    for (const [name, end] of endings) process.off(name, end);
    logFile.end();
  }
  if (code === 0 && !options.keep) rmSync(dataDir, { recursive: true, force: true });
  return code;
}

async function storm(cluster, { seed, events, kills, victims, pauses, plant, keep }) {
  await cluster.start();
  await cluster.leaveKey();
  cluster.supervise();
  const client = new Client(cluster.url, cluster.key);
  await makeDefinitions(client);
  const traffic = new Traffic(client, randomOf(seed), events);
  const changes = new Changes(client, randomOf(seed + 1));
  const disasters = new Disasters(cluster, randomOf(seed + 2), victims, say, pauses);
  const began = Date.now();
  const progress = () => traffic.acknowledged.size / events;
  const isOver = () => traffic.isDone;
  await Promise.all([
    disasters.run(kills, progress, isOver),
    traffic.run(() => disasters.allowance),
    keepChanging(changes, progress, isOver),
  ]);
  const seconds = (Date.now() - began) / 1_000;
  await untilAllReady(cluster);
  const sql = new pg.Client({ connectionString: cluster.databaseUrl });
  await sql.connect();
  const settled = await settle(client);
  if (plant) {
    // An amendment rebuilds the sums from the rows, and with them whatever was falsified before it took effect.
    await untilEqual(client, sql);
    await plantDamage(sql);
  }
  const findings = await check({ client, sql, traffic, changes, settled });
  await sql.end();
  const ok = printFindings({
    say,
    seed,
    seconds,
    traffic,
    client,
    disasters,
    findings,
    keep,
    dataDir: cluster.dataDir,
  });
  return ok ? 0 : 1;
}

/** Definitions change all the time; in the middle a running experiment gets a metric. */
async function keepChanging(changes, progress, isOver) {
  while (!isOver()) {
    await changes.one();
    if (progress() > 0.4) await changes.amend();
    await new Promise((later) => setTimeout(later, 200));
  }
  await changes.amend();
}

/** Those killed last are being started again. */
async function untilAllReady(cluster) {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline;) {
    const ready = await Promise.all([...cluster.children.values()].map((child) => child.isReady()));
    if (ready.every(Boolean)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error('the processes were not ready 90 s after the last disaster');
}
