import { ask, createTestDatabase, TestProcess, type Answer, type TestDatabase } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CutLink } from './cut-link.js';

/** The services that log in to PostgreSQL with roles of their own. */
export const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;

const START_PATIENCE_MS = 280_000;

/**
 * `npm run cluster` on the PostgreSQL and the broker of the test run, with topics and roles of its own: seven processes, without
 * the start of a server for each suite.
 */
export class RunningCluster {
  private current: TestProcess | undefined;

  private constructor(
    /** What its topics and roles begin with. */
    readonly name: string,
    readonly dataDir: string,
    readonly database: TestDatabase,
    private readonly environment: Readonly<Record<string, string>>,
    /** The way of its processes to PostgreSQL. */
    readonly link: CutLink,
  ) {}

  /** @param more variables that the processes get, as the exporter of traces */
  static async start(brokers: string, more: Readonly<Record<string, string>> = {}): Promise<RunningCluster> {
    const name = `c${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const dataDir = mkdtempSync(join(tmpdir(), 'assay-cluster-'));
    const database = await createTestDatabase({ empty: true });
    const link = await CutLink.to(new URL(database.url));
    const environment = {
      PORT: '0',
      ASSAY_DATA_DIR: dataDir,
      DATABASE_URL: link.through(database.url),
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: `${name}.`,
      ASSAY_DB_ROLE_PREFIX: `${name}_`,
      ...more,
    };
    const cluster = new RunningCluster(name, dataDir, database, environment, link);
    await cluster.startAgain();
    return cluster;
  }

  /** Its processes, after they were stopped. */
  async startAgain(): Promise<void> {
    const started = new TestProcess('tools/run/cluster.mjs', { environment: this.environment });
    this.current = started;
    let ended = false;
    void started.ended.then(() => (ended = true));
    for (const end = Date.now() + START_PATIENCE_MS; this.url === ''; await sleep(50)) {
      if (!ended && Date.now() < end) continue;
      started.kill('SIGTERM');
      throw new Error(`The cluster did not start: ${started.out}${started.err}`);
    }
  }

  get process(): TestProcess {
    if (this.current === undefined) throw new Error('The cluster was not started.');
    return this.current;
  }

  /** Address of the gateway; empty until everything is ready. */
  get url(): string {
    return /^Assay is ready at (\S+)$/m.exec(this.process.out)?.[1] ?? '';
  }

  /** Address of one process. */
  addressOf(service: string): string {
    return new RegExp(`^${service} +\\| start: listening url=(\\S+)`, 'm').exec(this.process.out)?.[1] ?? '';
  }

  /** The key that the cluster leaves for the command line. */
  get key(): string {
    return (JSON.parse(readFileSync(join(this.dataDir, 'cli-credentials.json'), 'utf8')) as { key: string }).key;
  }

  /** Asks the gateway. A body that is text goes as it is, everything else as JSON. */
  call<T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer<T>> {
    const headers = body === undefined ? {} : { 'content-type': type };
    return ask<T>(method, `${this.url}${path}`, { body, as: this.key, headers });
  }

  /** Runs statements, one after the other, as the owner of the databases of the run; the rows of the last. */
  async sql(statements: readonly string[], database = this.databaseName): Promise<Record<string, unknown>[]> {
    const connectionString = Object.assign(new URL(this.database.url), { pathname: database }).href;
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  get databaseName(): string {
    return new URL(this.database.url).pathname.slice(1);
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    this.process.kill(signal);
    await this.process.ended;
  }

  /** Leaves nothing of it behind. It has to be stopped. */
  async remove(): Promise<void> {
    await this.sql(
      SERVICES.flatMap((service) => [`DROP OWNED BY ${this.name}_${service}`, `DROP ROLE ${this.name}_${service}`]),
    );
    this.link.close();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
