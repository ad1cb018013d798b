import { migrate } from '@assay/models';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { serverAccount } from './server-account.js';
import { serverBinaries } from './server-binaries.js';

/** The PostgreSQL of this test run. */
export type TestPostgres = {
  /** The URL of one of its databases, with user and password. */
  urlOf(database: string): string;
  /** The name of the database that every migration has been applied to; nobody may connect to it. */
  template: string;
};

type ServerState = { port: number; password: string; template: string };

const START_WITHIN_MS = 60_000;
const TEMPLATE = 'assay_template';

/**
 * The one real PostgreSQL of this test run: started by whichever test file asks first, shared by all the others, and
 * gone, with its data, within a second of the run's end, however that comes.
 *
 * @throws when the server does not come up within a minute; the message has the end of its log
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = join(tmpdir(), `assay-test-postgres-${runPid()}`);
  removeIfStale(directory);
  const { port, password, template } = claim(directory) ? await start(directory) : await waitForState(directory);
  return { template, urlOf: (database) => urlOf(port, password, database) };
}

/** The process that a run lives and dies with: Jest's own, whose workers are its children. */
function runPid(): number {
  return process.connected === true ? process.ppid : process.pid;
}

/** Makes the directory of the run's server; true for the one caller that has made it and so has to start the server. */
function claim(directory: string): boolean {
  if (mkdirSync(directory, { recursive: true }) === undefined) return false;
  // The server's account, another one than ours, has to pass through.
  chmodSync(directory, 0o755);
  return true;
}

/** What an earlier run with our process id has left, because it or its keeper was killed outright. */
function removeIfStale(directory: string): void {
  if (!existsSync(directory)) return;
  const keeper = join(directory, 'keeper');
  const stale = existsSync(keeper)
    ? !isAlive(Number(readFileSync(keeper, 'utf8')))
    : Date.now() - statSync(directory).mtimeMs > START_WITHIN_MS;
  if (stale) rmSync(directory, { recursive: true, force: true });
}

async function start(directory: string): Promise<ServerState> {
  const password = randomBytes(12).toString('hex');
  await spawnKeeper(directory, password);
  const port = Number(await waitForFile(directory, 'port'));
  await waitForConnection(directory, urlOf(port, password, 'postgres'));
  await makeTemplate(port, password);
  const state: ServerState = { port, password, template: TEMPLATE };
  announce(directory, 'state.json', JSON.stringify(state));
  return state;
}

async function spawnKeeper(directory: string, password: string): Promise<void> {
  const account = serverAccount();
  const binaries = await serverBinaries(account);
  const self = fileURLToPath(import.meta.url);
  const script = join(self, '..', self.endsWith('.ts') ? 'postgres-keeper.ts' : 'postgres-keeper.js');
  // Through a file that only we can read: a command line is public.
  announce(directory, 'plan.json', JSON.stringify({ directory, runPid: runPid(), binaries, account, password }));
  const keeper = spawn(process.execPath, [script, join(directory, 'plan.json')], { detached: true, stdio: 'ignore' });
  // It outlives us: whatever ends it earlier is a failure, and leaves nobody to clean up but us.
  const giveUp = () => rmSync(directory, { recursive: true, force: true });
  keeper.once('error', giveUp).once('exit', giveUp).unref();
  if (keeper.pid !== undefined) announce(directory, 'keeper', String(keeper.pid));
}

/** Written beside and renamed, so that a reader never sees half of it. */
function announce(directory: string, name: string, text: string): void {
  const file = join(directory, name);
  writeFileSync(`${file}.part`, text, { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

async function makeTemplate(port: number, password: string): Promise<void> {
  await administer(urlOf(port, password, 'postgres'), `create database ${TEMPLATE}`);
  await migrate(urlOf(port, password, TEMPLATE));
}

/** Runs one statement on a connection of its own. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function waitForConnection(directory: string, url: string): Promise<void> {
  await until(directory, async () => {
    try {
      await administer(url, 'select 1');
      return true;
    } catch {
      return undefined;
    }
  });
}

function waitForFile(directory: string, name: string): Promise<string> {
  const file = join(directory, name);
  return until(directory, () => Promise.resolve(existsSync(file) ? readFileSync(file, 'utf8') : undefined));
}

function waitForState(directory: string): Promise<ServerState> {
  return until(directory, () => Promise.resolve(readState(directory)));
}

function readState(directory: string): ServerState | undefined {
  const file = join(directory, 'state.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ServerState) : undefined;
}

async function until<T>(directory: string, probe: () => Promise<T | undefined>): Promise<T> {
  const failure = join(directory, 'failed');
  for (const deadline = Date.now() + START_WITHIN_MS; Date.now() < deadline; await sleep(25)) {
    const value = await probe();
    if (value !== undefined) return value;
    if (!existsSync(directory)) throw new Error('the keeper of the test PostgreSQL ended before the server was up');
    if (existsSync(failure)) throw new Error(`the test PostgreSQL failed: ${readFileSync(failure, 'utf8')}`);
  }
  throw new Error(
    `the test PostgreSQL did not start within ${START_WITHIN_MS / 1000} s: see ${directory}/postgres.log`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://assay:${password}@127.0.0.1:${port}/${database}`;
}
