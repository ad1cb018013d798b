import {
  ask,
  patientFetch,
  repositoryRoot,
  testLogEnvironment,
  TestProcess,
  type Answer,
  type TestProcessOptions,
} from '@assay/testing';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = repositoryRoot();

/** A program of this platform as a user starts it: through its launcher. */
export class AssayProcess extends TestProcess {
  constructor(
    script: 'start' | 'assay' | 'demo',
    args: readonly string[],
    environment: Record<string, string>,
    options: Pick<TestProcessOptions, 'as' | 'input'> = {},
  ) {
    super(join('tools', 'run', `${script}.mjs`), { args, environment, ...options });
  }
}

/** What commands say of their progress; a server that is slow for a moment is asked again, and that is no complaint. */
export const PROGRESS = /^(Experiment|Sent|Sending|Applying)|Trying again for up to \d+ s\.$/;

/** A standalone server on a free port and a data directory of its own. */
export class AssayServer {
  private accessToken: string | undefined;

  private constructor(
    readonly process: AssayProcess,
    readonly url: string,
    readonly dataDir: string,
  ) {}

  static async start(dataDir = testFolder(), environment: Record<string, string> = {}): Promise<AssayServer> {
    const started = new AssayProcess('start', [], {
      PORT: '0',
      ASSAY_DATA_DIR: dataDir,
      ...testLogEnvironment(dataDir),
      ...environment,
    });
    const url = await Promise.race([readyAt(started), started.ended]);
    if (typeof url !== 'string' || !url.startsWith('http'))
      throw new Error(`It did not start: ${started.out}${started.err}`);
    return new AssayServer(started, url, dataDir);
  }

  /** As the operator does: SIGTERM. */
  stop(): Promise<number | string> {
    this.process.kill('SIGTERM');
    return this.process.ended;
  }

  /** As the machine does when it runs out of something: no chance to say goodbye. */
  kill(): Promise<number | string> {
    this.process.kill('SIGKILL');
    return this.process.ended;
  }

  /** At the end of a test: stopped, and its data gone. */
  async remove(): Promise<void> {
    await this.stop();
    removeFolder(this.dataDir);
  }

  /** `assay …` against this server, with the key that it left in its data directory. */
  assay(...args: string[]): AssayProcess {
    return new AssayProcess('assay', args, { ASSAY_DATA_DIR: this.dataDir });
  }

  /**
   * The answer of the server to an authenticated call.
   *
   * @param send `fetch`, if a refusal is to be seen
   */
  async call<T>(path: string, init: RequestInit = {}, send = patientFetch): Promise<{ status: number; body: T }> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
    const response = await send(`${this.url}${path}`, { headers, ...init });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** The answer to an administrator below `/api/v1`, also where it is a refusal. */
  ask<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    return ask<T>(method, `${this.url}/api/v1${path}`, { body, as: this.key });
  }

  /** What was answered to a request that has to succeed. */
  async send<T>(method: string, path: string, body: object): Promise<T> {
    const answer = await this.ask<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** What stands there at the moment; whoever waits for something reads again, also after a refusal. */
  async read<T>(path: string): Promise<T> {
    return (await this.ask<T>('GET', path)).body;
  }

  /** A new key for those who evaluate and send events. */
  async apiKey(kind: 'server' | 'client'): Promise<string> {
    const body = { name: kind, kind, project: 'default', environment: 'production' };
    return (await this.send<{ key: string }>('POST', '/api-keys', body)).key;
  }

  /** From now on it is asked with an access token: on a database of one's own no key is left in the data directory. */
  async logIn(password: string): Promise<void> {
    const login = { body: { username: 'admin', password } };
    const { status, body } = await ask<{ accessToken: string }>('POST', `${this.url}/api/v1/auth/login`, login);
    if (status >= 300) throw new Error(`The login was answered with ${status}: ${JSON.stringify(body)}`);
    this.accessToken = body.accessToken;
  }

  get key(): string {
    if (this.accessToken !== undefined) return this.accessToken;
    return (JSON.parse(readFileSync(join(this.dataDir, 'cli-credentials.json'), 'utf8')) as { key: string }).key;
  }
}

async function readyAt(started: AssayProcess): Promise<string> {
  for (;;) {
    const ready = /^Assay is ready at (\S+)$/m.exec(started.out);
    if (ready?.[1] !== undefined) return ready[1];
    await sleep(20);
  }
}

/** A folder that everybody may enter (the server runs as another user when we are root). */
export function testFolder(): string {
  const folder = mkdtempSync('/var/tmp/assay-standalone-');
  chmodSync(folder, 0o755);
  return folder;
}

/** Removes a data directory and the database that a link in it may lead to. */
export function removeFolder(folder: string): void {
  const link = join(folder, 'postgres');
  if (existsSync(link)) rmSync(realpathSync(link), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
