import { repositoryRoot } from '@assay/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const folder = join(repositoryRoot(), 'tools', 'cluster', 'src');
/** What a launcher does, with processes that would run for ever: a service and a database; it says so and waits to be killed. */
const LAUNCHER = `
  import { spawn } from 'node:child_process';
  import { writeFileSync } from 'node:fs';
  import { startGuard } from '${folder}/guard.mjs';
  import { rememberProcesses } from '${folder}/left-over.mjs';
  const [dataDir, word] = process.argv.slice(1);
  const start = (name) => spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', name], { detached: true, stdio: 'ignore' });
  const guard = startGuard(dataDir);
  const [service, database] = [start('service'), start('postgres')];
  rememberProcesses(dataDir, [{ pid: service.pid, word }]);
  writeFileSync(dataDir + '/postgres/postmaster.pid', database.pid + '\\n');
  process.once('SIGTERM', () => { guard.release(); process.exit(0); });
  console.log(JSON.stringify([service.pid, database.pid]));
  setInterval(() => 0, 1000);
`;

describe('the processes of a launcher', () => {
  let dataDir: string;
  let started: number[];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-guard-'));
    mkdirSync(join(dataDir, 'postgres'));
  });
  afterEach(() => {
    for (const pid of started.filter(isAlive)) process.kill(pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const launch = async (word: string) => {
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', LAUNCHER, dataDir, word]);
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    started = JSON.parse(line.toString()) as number[];
    return launcher;
  };

  it('end when it is killed outright, the database included', async () => {
    const launcher = await launch('service');
    expect(started.map(isAlive)).toEqual([true, true]);
    launcher.kill('SIGKILL');
    for (const end = Date.now() + 100_000; started.some(isAlive) && Date.now() < end;) await sleep(50);
    expect(started.map(isAlive)).toEqual([false, false]);
  });

  it('are no business of the guard once it is released, and whoever has a number of theirs by now never is', async () => {
    const released = await launch('service');
    released.kill('SIGTERM');
    await once(released, 'exit');
    const first = started;
    const killed = await launch('another program');
    killed.kill('SIGKILL');
    // The database is ended, and the process of the same number but another name is not.
    for (const end = Date.now() + 100_000; isAlive(started[1] ?? 0) && Date.now() < end;) await sleep(50);
    expect([...first, ...started].map(isAlive)).toEqual([true, true, true, false]);
    started = [...first, ...started];
  });
});

/** One that has ended and that nobody has asked for is not alive. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1];
  return !state?.startsWith('Z');
}
