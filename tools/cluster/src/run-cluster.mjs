// `npm run cluster`: everything in the foreground until Ctrl-C.
import { clusterDataDir } from './cluster-data-dir.mjs';
import { Cluster, ClusterError } from './cluster.mjs';
import { LogLines } from './log-lines.mjs';

export async function runCluster() {
  const print = (line) => void process.stdout.write(`${line}\n`);
  const colours = process.env.NO_COLOR ? false : process.stdout.isTTY === true || Boolean(process.env.FORCE_COLOR);
  const cluster = new Cluster({
    dataDir: clusterDataDir(),
    log: new LogLines(print, colours),
    port: portOf(process.env.PORT),
    ...(process.env.HOST ? { host: process.env.HOST } : {}),
    ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
    ...(process.env.KAFKA_BROKERS ? { brokers: process.env.KAFKA_BROKERS } : {}),
    environment: { LOG_LEVEL: process.env.LOG_LEVEL || 'info', ...passedOn() },
  });
  let ending;
  const end = (code) => (ending ??= cluster.stop().then(() => process.exit(code)));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void end(0));
  try {
    await cluster.start();
    const file = await cluster.leaveKey();
    if (ending !== undefined) return;
    cluster.supervise();
    print(`Assay is ready at ${cluster.url}`);
    if (file !== undefined) print(`For the assay command: ASSAY_DATA_DIR=${cluster.dataDir} npm run assay -- ...`);
  } catch (error) {
    if (ending !== undefined) return;
    process.stderr.write(
      `${error instanceof ClusterError || error.name === 'StartupError' ? error.message : error.stack}\n`,
    );
    await end(1);
  }
}

function portOf(text) {
  if (!text) return 8080;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new ClusterError('PORT: must be a whole number from 0 to 65535');
}

/** Settings of services that are given to the launcher. */
function passedOn() {
  const names = Object.keys(process.env).filter(
    (name) =>
      name.startsWith('OTEL_') ||
      name.startsWith('ASSAY_REQUESTS_') ||
      ['ASSAY_CORS_ORIGINS', 'ASSAY_TRUSTED_PROXIES'].includes(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
