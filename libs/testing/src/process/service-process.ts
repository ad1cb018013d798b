import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from './repository-root.js';
import { TestProcess } from './test-process.js';

let built = false;

/** Compiles what has changed, once per test file: services run compiled, as they do anywhere else. */
function buildOnce(): void {
  if (built) return;
  const root = repositoryRoot();
  const script = join(root, 'tools', 'run', 'build-if-stale.mjs');
  const run = `import { buildIfStale } from ${JSON.stringify(script)}; buildIfStale();`;
  execFileSync(join(root, 'node_modules', '.bin', 'node'), ['--input-type=module', '-e', run], { cwd: root });
  built = true;
}

/** A port that nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

/** A service as a process of its own: `apps/<app>/dist/main.js`. */
export class ServiceProcess {
  private constructor(
    readonly process: TestProcess,
    readonly url: string,
  ) {}

  /** Starts it; it need not be ready yet, or ever. */
  static async spawn(
    app: string,
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<ServiceProcess> {
    buildOnce();
    const port = environment['PORT'] ?? String(await freePort());
    const started = new TestProcess(join('apps', app, 'dist', 'main.js'), {
      args,
      environment: { ...environment, PORT: port },
    });
    return new ServiceProcess(started, `http://127.0.0.1:${port}`);
  }

  static async start(app: string, environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.spawn(app, environment);
    await service.untilStatus('/health/ready', 200);
    return service;
  }

  /** Status of an address; 0 when nobody answers. */
  async status(path: string): Promise<number> {
    return fetch(`${this.url}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** @throws when the process ends or a minute passes before the address answers so. */
  async untilStatus(path: string, wanted: number): Promise<void> {
    let ended: number | string | undefined;
    void this.process.ended.then((code) => (ended = code));
    for (const end = Date.now() + 100_000; Date.now() < end; await sleep(25)) {
      if ((await this.status(path)) === wanted) return;
      if (ended !== undefined) break;
    }
    throw new Error(`${path} did not answer ${wanted}: ${this.process.out}${this.process.err}`);
  }

  /** As the operator does. */
  stop(): Promise<number | string> {
    this.process.kill('SIGTERM');
    return this.process.ended;
  }

  /** No chance to say goodbye. */
  kill(): Promise<number | string> {
    this.process.kill('SIGKILL');
    return this.process.ended;
  }
}
