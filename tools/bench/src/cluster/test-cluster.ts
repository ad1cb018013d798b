import pg from 'pg';
import { createWriteStream, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../loop/api-client.js';
import { EXPERIMENT, experimentBody } from '../loop/traffic.js';
import { makeCluster, type ClusterHandle } from './cluster-handle.js';

/** The platform as separate processes, with a database and a broker of its own, and a running experiment. */
export class TestCluster {
  private constructor(
    readonly cluster: ClusterHandle,
    readonly client: ApiClient,
    readonly sql: pg.Pool,
    private readonly folder: string,
  ) {}

  static async start(replicas: Readonly<Record<string, number>> = {}): Promise<TestCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-cluster-'));
    // The database's account has to get in, else its data would lie elsewhere.
    await chmod(folder, 0o755);
    const file = createWriteStream(join(folder, 'cluster.log'));
    const options = { dataDir: folder, port: 0, replicas, environment: { LOG_LEVEL: 'warn' } };
    const cluster = await makeCluster(options, (line) => void file.write(`${line}\n`));
    try {
      await cluster.start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    await cluster.leaveKey();
    const client = new ApiClient(cluster.url, cluster.key);
    await client.post('/api/v1/experiments', experimentBody);
    await client.post(`/api/v1/experiments/${EXPERIMENT}/start`, {});
    return new TestCluster(cluster, client, new pg.Pool({ connectionString: cluster.databaseUrl, max: 4 }), folder);
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
    while ((await this.applied()) < wanted) {
      if (Date.now() > end) throw new Error(`only ${await this.applied()} of ${wanted} events were applied`);
      await new Promise((later) => setTimeout(later, 25));
    }
  }

  /** Resident memory of a process, in megabytes. */
  memory(name: string): number {
    const { pid } = this.cluster.child(name);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
  }

  async stop(): Promise<void> {
    await this.sql.end();
    await this.cluster.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
