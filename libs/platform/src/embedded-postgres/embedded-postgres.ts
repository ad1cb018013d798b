import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDataDirectory } from '../bootstrap/data-directory.js';
import { StartupError } from '../bootstrap/startup-error.js';
import { DATABASE, ensureDatabase } from './ensure-database.js';
import { freePort } from './free-port.js';
import { flush, SUPERUSER } from './initialise.js';
import { InstanceLock } from './instance-lock.js';
import { prepareCluster } from './prepare-cluster.js';
import { LaunchError, ServerProcess, type ServerPlan } from './server-process.js';

export interface EmbeddedPostgresOptions {
  /** Assay's data directory; the cluster lies in its `postgres`, or where a link of that name leads. */
  readonly dataDir: string;
  /** Something the operator should know, in one line. */
  readonly say?: (line: string) => void;
  /** Something went wrong and is being dealt with, in one line. */
  readonly warn?: (line: string) => void;
}

/** A server that ran this long and dies is started again at once. */
const STABLE_AFTER = 30_000;
const LONGEST_PAUSE = 5_000;
const SLOW_AFTER = 5_000;

const ignore = (): void => undefined;

/**
 * The PostgreSQL server of a process that was given none: made at the first start, started and stopped with the process,
 * started again when it dies. Its address stays the same while the process runs.
 */
export class EmbeddedPostgres {
  private readonly stopping = new AbortController();
  private supervision: Promise<void> = Promise.resolve();
  private readonly endWithProcess = (): void => this.server.signal('SIGINT');

  private constructor(
    private readonly plan: ServerPlan,
    private readonly lock: InstanceLock,
    private readonly warn: (line: string) => void,
    private server: ServerProcess,
    private readonly port: number,
    private readonly password: string,
  ) {}

  /**
   * Resolves when the server accepts connections and holds Assay's database.
   *
   * @throws StartupError with one line for the operator: the directory is in use, not readable, of another PostgreSQL …
   */
  static async start({ dataDir, say = ignore, warn = ignore }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const directory = prepareDataDirectory(dataDir);
    const lock = InstanceLock.acquire(directory);
    let started: ServerProcess | undefined;
    try {
      const { plan, password, isNew } = await prepareCluster(directory, say);
      const { server, port } = await firstLaunch(plan, say);
      started = server;
      const postgres = new EmbeddedPostgres(plan, lock, warn, server, port, password);
      await ensureDatabase(postgres.url, postgres.urlOf('postgres'));
      if (isNew) flush(plan);
      postgres.watch();
      return postgres;
    } catch (error) {
      await started?.stop();
      lock.release();
      throw error;
    }
  }

  /** Connection string of the superuser for Assay's database. */
  get url(): string {
    return this.urlOf(DATABASE);
  }

  /** Connection string of the superuser for another database of this server. */
  urlOf(database: string): string {
    return `postgresql://${SUPERUSER}:${this.password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Process id of the server that runs or is being started. */
  get pid(): number | undefined {
    return this.server.pid;
  }

  /** Fast shutdown; afterwards another process may use the directory. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.server.stop();
    await this.supervision;
    process.off('exit', this.endWithProcess);
    this.lock.release();
  }

  private watch(): void {
    process.once('exit', this.endWithProcess);
    this.supervision = this.supervise();
  }

  private async supervise(): Promise<void> {
    let failures = 0;
    for (;;) {
      const startedAt = Date.now();
      const how = await this.server.exited;
      if (this.isStopping()) return;
      failures = Date.now() - startedAt > STABLE_AFTER ? 0 : failures + 1;
      this.warn(`PostgreSQL ended unexpectedly (${how}); it is started again.`);
      await this.startAgain(failures);
      if (this.isStopping()) return;
    }
  }

  private async startAgain(failures: number): Promise<void> {
    for (let attempt = failures; ; attempt += 1) {
      await this.pause(Math.min(LONGEST_PAUSE, 50 * 2 ** attempt));
      if (this.isStopping()) return;
      this.server = new ServerProcess(this.plan, this.port);
      try {
        await this.server.ready();
        this.warn(`PostgreSQL runs again (process ${this.server.pid}).`);
        return;
      } catch (error) {
        // Processes of a killed server hold its memory for a moment: the first refusals are no news.
        if (attempt >= 4)
          this.warn(`PostgreSQL does not start yet: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(ignore);
  }
}

/** The first start chooses the port, and waits for what a killed predecessor may have left. */
async function firstLaunch(
  plan: ServerPlan,
  say: (line: string) => void,
): Promise<{ server: ServerProcess; port: number }> {
  const slow = setTimeout(() => say('PostgreSQL is still starting: it recovers after a crash.'), SLOW_AFTER);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const server = new ServerProcess(plan, port);
      try {
        await server.ready();
        return { server, port };
      } catch (error) {
        if (!(error instanceof LaunchError)) throw error;
        if (attempt >= 40 || !/could not bind|shared memory block/.test(error.message)) {
          throw new StartupError(`PostgreSQL did not start: ${error.message} (more in ${plan.logFile})`);
        }
        await sleep(100);
      }
    }
  } finally {
    clearTimeout(slow);
  }
}
