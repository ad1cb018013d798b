import { createTestDatabase, patientFetch } from '@assay/testing';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { AssayProcess, AssayServer, removeFolder, testFolder } from '../test/assay-process.js';

let dataDir: string;
let servers: AssayServer[];

beforeEach(() => {
  dataDir = testFolder();
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  removeFolder(dataDir);
});

const start = async (environment: Record<string, string> = {}): Promise<AssayServer> => {
  const server = await AssayServer.start(dataDir, environment);
  servers.push(server);
  return server;
};

/** What a start that fails prints; it exits with 1. */
const complaintOf = async (environment: Record<string, string>, as?: number): Promise<string> => {
  const started = new AssayProcess('start', [], { PORT: '0', ASSAY_DATA_DIR: dataDir, ...environment }, { as });
  expect(await started.ended).toBe(1);
  expect(started.out).toBe('');
  return started.complaints.join('\n');
};

it('starts on nothing, prints the password once and where it is, keeps its data, and ends with 0', async () => {
  const first = await start();
  expect(first.process.lines).toEqual([
    expect.stringMatching(/^The user 'admin' was made with the password \S+ \(shown only now\)\.$/),
    `Assay is ready at ${first.url}`,
  ]);
  const password = /password (\S+)/.exec(first.process.out)?.[1];
  const login = await patientFetch(`${first.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  expect(login.status).toBe(200);
  for (const file of ['jwt-secret', 'postgres-password', 'cli-credentials.json']) {
    expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  }
  const key = first.key;
  const began = performance.now();
  expect(await first.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);

  const second = await start();
  expect(second.process.lines).toEqual([`Assay is ready at ${second.url}`]);
  expect(second.key).toBe(key);
  expect((await second.call('/api/v1/auth/me')).status).toBe(200);
  second.process.kill('SIGINT');
  expect(await second.process.ended).toBe(0);
  expect([...first.process.complaints, ...second.process.complaints]).toEqual([]);
});

it('takes the password it is given and does not print it', async () => {
  const server = await start({ ASSAY_ADMIN_PASSWORD: 'a long enough password' });
  expect(server.process.lines).toEqual([`Assay is ready at ${server.url}`]);
  expect(await server.stop()).toBe(0);
});

it('`assay login` trades that password for a key, keeps it where only the user reads, and works from anywhere', async () => {
  const password = 'a long enough password';
  const server = await start({ ASSAY_ADMIN_PASSWORD: password });
  const home = testFolder();
  const assay = (args: readonly string[], input = ''): AssayProcess =>
    new AssayProcess('assay', args, { ASSAY_DATA_DIR: home, XDG_CONFIG_HOME: home }, { input });
  const logIn = (given: string): AssayProcess =>
    assay(['--url', server.url, 'login', '--username', 'admin', '--password-stdin'], `${given}\n`);

  const refused = logIn('another password');
  expect([await refused.ended, refused.complaints]).toEqual([1, ['The user name or the password is wrong.']]);
  expect(await logIn(password).ended).toBe(0);
  const file = join(home, 'assay', 'credentials.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(password);
  const ledger = assay(['ledger', '--json']);
  expect([await ledger.ended, JSON.parse(ledger.out)]).toMatchObject([0, { received: 0, pending: 0 }]);
  const missing = assay(['results', 'nothing']);
  expect([await missing.ended, missing.complaints]).toEqual([1, ["Experiment 'nothing' does not exist."]]);
  removeFolder(home);
});

it('a second process on the same data, and a port in use, are one line each', async () => {
  const server = await start();
  expect(await complaintOf({})).toBe(
    `Another Assay (process ${server.process.pid}) uses the data directory ${dataDir}. Stop it first, or set ASSAY_DATA_DIR.`,
  );
  await server.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const port = String((other.address() as AddressInfo).port);
  expect(await complaintOf({ PORT: port })).toBe(
    `Port ${port} on 127.0.0.1 is in use by another program. Stop it, or set PORT to another one.`,
  );
  await new Promise((resolve) => other.close(resolve));
});

it('a data directory without rights is one line', async () => {
  const closed = join(dataDir, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  const nobody = 65_534;
  const complaint = await complaintOf({ ASSAY_DATA_DIR: closed }, process.getuid?.() === 0 ? nobody : undefined);
  expect(complaint).toBe(
    `The data directory ${closed} cannot be used: this user has no right to read and write it. Check it, or set ASSAY_DATA_DIR.`,
  );
  chmodSync(closed, 0o700);
});

it('wrong settings are all named at once', async () => {
  expect(await complaintOf({ PORT: 'http', LOG_LEVEL: 'loud', DATABASE_URL: 'oracle:x' })).toBe(
    [
      'The configuration is not usable:',
      '  - PORT: must be a whole number from 0 to 65535',
      '  - DATABASE_URL: must look like postgresql://user:password@host:5432/database',
      '  - LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
    ].join('\n'),
  );
});

describe('with a database of one’s own', () => {
  it('uses it, and starts none', async () => {
    const database = await createTestDatabase({ empty: true });
    const server = await start({ DATABASE_URL: database.url, ASSAY_ADMIN_PASSWORD: 'a long enough password' });
    expect(await query(database.url, 'SELECT username FROM experimentation.users')).toEqual([{ username: 'admin' }]);
    expect(() => readFileSync(join(dataDir, 'postgres-password'))).toThrow();
    await server.stop();
    await database.drop();
  });

  it('refuses one that a newer version has written, or that is not there, in one line', async () => {
    const database = await createTestDatabase();
    await query(database.url, `INSERT INTO experimentation.migrations (name) VALUES ('9999-from-the-future')`);
    expect(await complaintOf({ DATABASE_URL: database.url })).toBe(
      'The database was written by a newer Assay (it has the migration 9999-from-the-future, which this one does not know). Start that version again, or restore a backup.',
    );
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    expect(await complaintOf({ DATABASE_URL: wrong.href })).toMatch(
      /^The database at \S+ does not accept this user and password\. Check DATABASE_URL\.$/,
    );
    expect(await complaintOf({ DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/x' })).toBe(
      'The database at 127.0.0.1:1/x cannot be reached (ECONNREFUSED). Check DATABASE_URL.',
    );
    await database.drop();
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
