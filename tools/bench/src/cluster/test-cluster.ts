import pg from 'pg';
import { createWriteStream, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../loop/api-client.js';
import { EXPERIMENT, experimentBody } from '../loop/traffic.js';
import { progress, stillAt } from './progress.js';
import { makeCluster, type ClusterHandle } from './cluster-handle.js';

/** The platform as separate processes, with a database and a broker of its own, and a running experiment. */
export class TestCluster {
  private started: { readonly client: ApiClient; readonly sql: pg.Pool } | undefined;
  private stopping: Promise<void> | undefined;

  private constructor(
    readonly cluster: ClusterHandle,
    private readonly folder: string,
  ) {}

  static async make(replicas: Readonly<Record<string, number>>): Promise<TestCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-cluster-'));
    // The database's account has to get in, else its data would lie elsewhere.
    await chmod(folder, 0o755);
    const file = createWriteStream(join(folder, 'cluster.log'));
    const onReady = (name: string): void => progress(`${name} is ready`);
    const options = { dataDir: folder, port: 0, replicas, environment: { LOG_LEVEL: 'warn' }, onReady };
    const cluster = await makeCluster(options, (line) => void file.write(`${line}\n`));
    return new TestCluster(cluster, folder);
  }

  async start(): Promise<void> {
    progress('starting a database, a broker and the services');
    await this.cluster.start();
    await this.cluster.leaveKey();
    const client = new ApiClient(this.cluster.url, this.cluster.key);
    await client.post('/api/v1/experiments', experimentBody);
    await client.post(`/api/v1/experiments/${EXPERIMENT}/start`, {});
    this.started = { client, sql: new pg.Pool({ connectionString: this.cluster.databaseUrl, max: 4 }) };
  }

  get client(): ApiClient {
    return this.running.client;
  }

  get sql(): pg.Pool {
    return this.running.sql;
  }

  /** Events that have been read from the log and applied. */
  async applied(): Promise<number> {
    const { rows } = await this.sql.query<{ consumed: string }>(
      'SELECT coalesce(sum(consumed), 0) AS consumed FROM experimentation.ledger_counters',
    );
    return Number(rows[0]?.consumed ?? 0);
  }

  async untilApplied(wanted: number, patienceMs = 600_000): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const applied = await this.applied();
      if (applied >= wanted) return;
      if (Date.now() > end) throw new Error(`only ${applied} of ${wanted} events were applied`);
      stillAt(() => `${applied.toLocaleString('en')} of ${wanted.toLocaleString('en')} events are applied`);
      await new Promise((later) => setTimeout(later, 25));
    }
  }

  /** Resident memory of a process, in megabytes. */
  memory(name: string): number {
    const { pid } = this.cluster.child(name);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
  }

  /** May be called again, by a signal say while it stops already: it happens once. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    progress('stopping everything');
    try {
      await this.started?.sql.end();
    } finally {
      await this.cluster.stop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  private get running(): { readonly client: ApiClient; readonly sql: pg.Pool } {
    if (this.started === undefined) throw new Error('the cluster is not started');
    return this.started;
  }
}
