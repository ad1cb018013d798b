import { until } from '@assay/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { freePort } from './free-port.js';
import { startMark } from './process-identity.js';
import { isRoot } from './server-account.js';
import { ServerProcess } from './server-process.js';
import { prepareCluster } from './prepare-cluster.js';

let folder: string;
const running: EmbeddedPostgres[] = [];
const elsewhere: string[] = [];

const start = async (dataDir: string, told: string[] = []): Promise<EmbeddedPostgres> => {
  const postgres = await EmbeddedPostgres.start({
    dataDir,
    // Said only on a machine's first start, and only where the server's user cannot enter the checkout.
    say: (line) => {
      if (!line.includes('its programs are copied')) told.push(line);
    },
    warn: (line) => told.push(line),
  });
  running.push(postgres);
  return postgres;
};

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

beforeEach(() => {
  // Under /var/tmp every user may pass; under a directory of mkdtemp (mode 700) the server's user may not.
  folder = mkdtempSync('/var/tmp/assay-test-');
  chmodSync(folder, 0o755);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  for (const path of [folder, ...elsewhere.splice(0)]) rmSync(path, { recursive: true, force: true });
});

describe('a new data directory', () => {
  it('becomes a database that keeps its data over restarts, with a password only its user can read', async () => {
    const dataDir = join(folder, 'a', 'data');
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    await expect(query(second.url.replace(/:[^:@/]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('sorts and lowers text the same on every system, and listens on loopback only', async () => {
    const { url } = await start(folder);
    expect(await query(url, `SELECT lower('ÄØ') AS lower, current_setting('listen_addresses') AS at`)).toEqual([
      { lower: 'äø', at: '127.0.0.1' },
    ]);
  });

  it('is made anew when the first start was killed half way', async () => {
    mkdirSync(join(folder, 'postgres.new', 'base'), { recursive: true });
    writeFileSync(join(folder, 'postgres.new', 'PG_VERSION'), '18\n');
    const { url } = await start(folder);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  const asRoot: (name: string, test: () => Promise<void>) => void = isRoot() ? it : () => undefined;
  asRoot(
    'under a folder that the server’s user cannot enter has its files elsewhere, and says so in one line',
    async () => {
      const closed = mkdtempSync(join(tmpdir(), 'assay-closed-'));
      elsewhere.push(closed);
      const told: string[] = [];
      const dataDir = join(closed, 'clone', '.assay');
      const first = await start(dataDir, told);
      const link = join(dataDir, 'postgres');
      elsewhere.push(realpathSync(link));
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(told).toEqual([expect.stringContaining(`kept in ${realpathSync(link)}, linked from ${link}`)]);
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
      await first.stop();
      const second = await start(dataDir, told);
      expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
      expect(told).toHaveLength(1);
    },
  );
});

describe('processes that die', () => {
  it('a server killed with -9 runs again at the same address, and what it acknowledged is there', async () => {
    const told: string[] = [];
    const postgres = await start(folder, told);
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const killed = postgres.pid as number;
    process.kill(killed, 'SIGKILL');
    await until(() =>
      query(postgres.url, 'SELECT 1').then(
        () => postgres.pid !== killed,
        () => false,
      ),
    );
    expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(told).toEqual([expect.stringContaining('signal SIGKILL'), expect.stringContaining('runs again')]);
  });

  it('a server that dies again and again is started again each time', async () => {
    const postgres = await start(folder);
    for (let round = 0; round < 3; round += 1) {
      const killed = postgres.pid as number;
      process.kill(killed, 'SIGKILL');
      await until(() =>
        query(postgres.url, 'SELECT 1').then(
          () => postgres.pid !== killed,
          () => false,
        ),
      );
    }
    await postgres.stop();
    expect(startMark(postgres.pid as number)).toBeUndefined();
  });

  it('stopping while the server is away does not leave one behind', async () => {
    const postgres = await start(folder);
    process.kill(postgres.pid as number, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await postgres.stop();
    expect(startMark(postgres.pid as number)).toBeUndefined();
    expect(existsSync(join(folder, 'assay.lock'))).toBe(false);
  });

  it('a server left behind by a killed Assay is stopped, with its transactions, before a new one starts', async () => {
    await (await start(folder)).stop();
    const { plan, password } = await prepareCluster(folder, () => undefined);
    const port = await freePort();
    const leftBehind = new ServerProcess(plan, port);
    await leftBehind.ready();
    const client = new pg.Client({ connectionString: `postgresql://assay:${password}@127.0.0.1:${port}/assay` });
    client.on('error', () => undefined);
    await client.connect();
    for (const sql of ['CREATE TABLE kept (n int)', 'BEGIN', 'INSERT INTO kept VALUES (1)']) await client.query(sql);
    const { url } = await start(folder);
    expect(startMark(leftBehind.pid as number)).toBeUndefined();
    expect(await query(url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
  });

  it('a pid file whose number meanwhile belongs to another program is no obstacle, and that program lives on', async () => {
    await (await start(folder)).stop();
    const stranger = spawn('sleep', ['60']);
    await once(stranger, 'spawn');
    writeFileSync(
      join(folder, 'postgres', 'postmaster.pid'),
      `${stranger.pid}\n${join(folder, 'postgres')}\n1\n5432\n`,
    );
    await start(folder);
    expect(startMark(stranger.pid as number)).toBeDefined();
    stranger.kill();
  });
});

describe('a data directory that cannot be used: one line', () => {
  const lineOf = async (dataDir: string): Promise<string> => {
    const error = await EmbeddedPostgres.start({ dataDir }).then(
      async (postgres) => postgres.stop().then(() => new Error('it started')),
      (thrown: unknown) => thrown as Error,
    );
    expect(error.message).not.toContain('\n');
    return `${error.name}: ${error.message}`;
  };

  it('another process that runs holds it; one that is gone does not', async () => {
    const holder = spawn('sleep', ['60']);
    await once(holder, 'spawn');
    const pid = holder.pid as number;
    writeFileSync(join(folder, 'assay.lock'), JSON.stringify({ pid, startedAt: startMark(pid) }));
    expect(await lineOf(folder)).toBe(
      `StartupError: Another Assay (process ${pid}) uses the data directory ${folder}. Stop it first, or set ASSAY_DATA_DIR.`,
    );
    // The same number, but started at another time: the holder was killed and its number given away.
    writeFileSync(join(folder, 'assay.lock'), JSON.stringify({ pid, startedAt: 'another boot:1' }));
    await start(folder);
    holder.kill();
  });

  it('it is a file, or lies in one', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await lineOf(join(folder, 'file'))).toMatch(
      /StartupError: The data directory .*file cannot be used: it is a file/,
    );
    expect(await lineOf(join(folder, 'file', 'below'))).toMatch(/part of the path is a file/);
  });

  it('it holds something else', async () => {
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres', 'letter.txt'), 'dear');
    expect(await lineOf(folder)).toMatch(/holds files, but no PostgreSQL database|belong to root/);
    expect(readFileSync(join(folder, 'postgres', 'letter.txt'), 'utf8')).toBe('dear');
  });

  it('it was written by another major version', async () => {
    await (await start(folder)).stop();
    for (const version of ['17', '19']) {
      writeFileSync(join(folder, 'postgres', 'PG_VERSION'), `${version}\n`);
      expect(await lineOf(folder)).toContain(`were written by PostgreSQL ${version}, and this Assay brings 18`);
    }
  });

  it('a lost password file is replaced', async () => {
    await (await start(folder)).stop();
    rmSync(join(folder, 'postgres-password'));
    const { url } = await start(folder);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
