import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverAccount } from './server-account.js';
import { until } from '../process/until.js';
import { serverBinaries } from './server-binaries.js';

const KEEPER = fileURLToPath(new URL('./postgres-keeper.ts', import.meta.url));

/** A keeper of a run that is a mere sleeping process, so that the test decides when and how the run ends. */
async function startKeeper(changes: { postgres?: string } = {}) {
  const run = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const directory = mkdtempSync(join(tmpdir(), 'assay-keeper-'));
  chmodSync(directory, 0o755);
  const account = serverAccount();
  const binaries = { ...(await serverBinaries(account)), ...changes };
  const plan = join(directory, 'plan.json');
  writeFileSync(plan, JSON.stringify({ directory, runPid: run.pid, binaries, account, password: 'secret' }));
  const keeper = spawn(process.execPath, [KEEPER, plan], { detached: true, stdio: 'ignore' });
  return { run, directory, keeper };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const ended = (child: ChildProcess) => () => child.exitCode !== null || child.signalCode !== null;

describe('the keeper of the test PostgreSQL', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)('removes server and data when the run ends by %s', async (signal) => {
    const { run, directory, keeper } = await startKeeper();
    const portFile = join(directory, 'port');
    await until(() => existsSync(portFile));
    const port = Number(readFileSync(portFile, 'utf8'));
    await until(() => accepts(port));
    run.kill(signal);
    await until(ended(keeper));
    expect(await accepts(port)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  it('removes the data when the run ends before the server is up', async () => {
    const { run, directory, keeper } = await startKeeper();
    run.kill('SIGKILL');
    await until(ended(keeper));
    expect(existsSync(directory)).toBe(false);
  });

  it('says why the server does not start, and waits for the run to end', async () => {
    const { run, directory, keeper } = await startKeeper({ postgres: join(tmpdir(), 'no-such-server') });
    const failure = join(directory, 'failed');
    await until(() => existsSync(failure));
    expect(readFileSync(failure, 'utf8')).toMatch(/no-such-server.*ENOENT/);
    run.kill('SIGKILL');
    await until(ended(keeper));
    rmSync(directory, { recursive: true, force: true });
  });
});
