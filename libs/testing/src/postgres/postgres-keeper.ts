// A process of its own that runs one throw-away PostgreSQL for as long as a test run lives, and then removes every trace
// of it. It watches the run instead of being told, so that nothing stays behind after Ctrl-C or kill -9 either.
// Node runs this file as it is (types are stripped), so it imports nothing but Node's own modules.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

type KeeperPlan = {
  directory: string;
  runPid: number;
  binaries: { initdb: string; postgres: string };
  account?: { uid: number; gid: number };
  password: string;
};

const WATCH_EVERY_MS = 250;
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  shared_buffers: '128MB',
  jit: 'off',
};

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as KeeperPlan;
const data = join(plan.directory, 'data');
const log = join(plan.directory, 'postgres.log');
let server: ChildProcess | undefined;

setInterval(() => {
  if (!isAlive(plan.runPid)) end();
}, WATCH_EVERY_MS);
process.on('SIGTERM', end);

try {
  initialise();
  await run();
} catch (error) {
  announce('failed', `${error instanceof Error ? error.message : String(error)}\n${readLog()}`);
}

function initialise(): void {
  mkdirSync(data, { mode: 0o700 });
  if (plan.account) chownSync(data, plan.account.uid, plan.account.gid);
  const passwordFile = join(plan.directory, 'password');
  writeFileSync(passwordFile, plan.password, { mode: 0o600 });
  if (plan.account) chownSync(passwordFile, plan.account.uid, plan.account.gid);
  const flags = ['--username=assay', `--pwfile=${passwordFile}`, '--auth=password', '--encoding=UTF8', '--no-sync'];
  const locale = ['--locale-provider=builtin', '--locale=C.UTF-8', '--lc-messages=C'];
  const done = spawnSync(plan.binaries.initdb, [`--pgdata=${data}`, ...flags, ...locale], spawnOptions());
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`initdb ended with code ${String(done.status)}`);
}

async function run(): Promise<void> {
  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  server = spawn(plan.binaries.postgres, ['-D', data, '-p', String(port), ...settings], spawnOptions());
  server.on('error', (error) => announce('failed', error.message));
  server.on('exit', (code) => announce('failed', `the server ended with code ${String(code)}\n${readLog()}`));
  announce('port', String(port));
}

function spawnOptions() {
  const output = openSync(log, 'a');
  return { ...plan.account, cwd: plan.directory, stdio: ['ignore' as const, output, output] };
}

/** Written beside and renamed, so that a reader never sees half of it. */
function announce(name: 'port' | 'failed', text: string): void {
  const file = join(plan.directory, name);
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

function readLog(): string {
  return readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function end(): void {
  const leave = (): never => {
    rmSync(plan.directory, { recursive: true, force: true });
    process.exit(0);
  };
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) leave();
  server?.removeAllListeners('exit').once('exit', leave);
  server?.kill('SIGQUIT');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
