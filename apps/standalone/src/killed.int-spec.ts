import { testLog, until } from '@assay/testing';
import type { ExperimentResults, Ledger } from '@assay/contracts';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayServer, removeFolder, testFolder, type AssayProcess } from '../test/assay-process.js';

/** Then events are taken while PostgreSQL is away: the key of who sends them is known. */
const IS_LOG_ELSEWHERE = testLog('').transport === 'kafka';

let dataDir: string;
let server: AssayServer;

beforeEach(() => {
  dataDir = testFolder();
});
afterEach(async () => {
  await server.stop();
  removeFolder(dataDir);
});

const ledgerOf = (): Promise<Ledger> => server.read<Ledger>('/ledger');
const balance = ({ received, stored, duplicate, rejected, deadLettered, pending }: Ledger): number =>
  received - stored - duplicate - rejected - deadLettered - pending;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

describe('kill -9 of the process in the middle of an import', () => {
  const ROWS = 12_000;
  const arms = ['control', 'treatment'] as const;
  const row = (index: number) => ({
    unit: `u${index}`,
    arm: arms[index % 2 === 0 ? 0 : 1],
    bought: index % 7 === 0,
    spent: index % 5,
  });
  const expected = arms.map((arm) => {
    const units = Array.from({ length: ROWS }, (_, index) => row(index)).filter((each) => each.arm === arm);
    return {
      n: units.length,
      bought: units.filter(({ bought }) => bought).length,
      spent: units.reduce((sum, { spent }) => sum + spent, 0),
    };
  });
  const events = ROWS + Math.ceil(ROWS / 7) + (ROWS * 4) / 5;

  const writeData = (): string => {
    const lines = Array.from({ length: ROWS }, (_, index) => row(index)).map(
      ({ unit, arm, bought, spent }) => `${unit},${arm},${bought},${spent}`,
    );
    const file = join(dataDir, 'data.csv');
    writeFileSync(file, `user,arm,bought,spent\n${lines.join('\n')}\n`);
    return file;
  };

  const importing = (file: string): AssayProcess =>
    server.assay(
      'import',
      file,
      '--experiment',
      'killed',
      '--unit',
      'user',
      '--variant',
      'arm',
      '--control',
      'control',
      '--metric',
      'bought',
      '--metric',
      'spent:sum',
      '--json',
    );

  const expectExact = async (results: ExperimentResults): Promise<void> => {
    expect(results.units).toEqual({ control: expected[0]?.n, treatment: expected[1]?.n });
    expect(results.metrics.map(({ name, variants }) => [name, variants.map(({ n, sum }) => [n, sum])])).toEqual([
      ['bought', expected.map(({ n, bought }) => [n, bought])],
      ['spent', expected.map(({ n, spent }) => [n, spent])],
    ]);
    const ledger = await ledgerOf();
    expect(ledger).toMatchObject({ stored: events, rejected: 0, deadLettered: 0, pending: 0 });
    expect(balance(ledger)).toBe(0);
  };

  it('and start again: the import that was under way goes on and is exact, and so is another one', async () => {
    const port = String(await freePort());
    server = await AssayServer.start(dataDir, { PORT: port });
    const file = writeData();
    const first = importing(file);
    for (const received of [1, 6_000, 15_000]) {
      await until(async () => (await ledgerOf()).received >= received);
      await server.kill();
      server = await AssayServer.start(dataDir, { PORT: port });
    }
    expect([await first.ended, first.complaints.filter((line) => line.includes('refused'))]).toEqual([0, []]);
    await expectExact(JSON.parse(first.out) as ExperimentResults);
    const second = importing(file);
    expect(await second.ended).toBe(0);
    await expectExact(JSON.parse(second.out) as ExperimentResults);
  });

  it('together with the import: running both again is exact', async () => {
    server = await AssayServer.start(dataDir);
    const file = writeData();
    const first = importing(file);
    await until(async () => (await ledgerOf()).received >= 8_000);
    first.kill('SIGKILL');
    await server.kill();
    server = await AssayServer.start(dataDir);
    const second = importing(file);
    expect([await second.ended, second.complaints.filter((line) => line.includes('refused'))]).toEqual([0, []]);
    await expectExact(JSON.parse(second.out) as ExperimentResults);
  });
});

describe('kill -9 of PostgreSQL under load', () => {
  interface Sent {
    readonly status: number;
    readonly ids: readonly string[];
  }
  const send = async (ids: readonly string[]): Promise<Sent> => {
    const events = ids.map((id) => ({ id, eventType: 'visit', userId: `user of ${id}` }));
    const { status } = await server.call('/api/v1/events', { method: 'POST', body: JSON.stringify({ events }) }, fetch);
    return { status, ids };
  };
  const postmaster = (): number =>
    Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

  it('answers 503 while the log is away with it, says so in health, and loses nothing that was acknowledged', async () => {
    server = await AssayServer.start(dataDir);
    const sent: Sent[] = [];
    let isLoading = true;
    const load = async (worker: number): Promise<void> => {
      for (let batch = 0; isLoading; batch += 1) {
        sent.push(await send(Array.from({ length: 50 }, (_, index) => `${worker}-${batch}-${index}`)));
      }
    };
    const workers = [1, 2, 3, 4].map(load);
    const unready: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const before = sent.length;
      await until(() => sent.slice(before).filter(({ status }) => status === 202).length >= 20);
      process.kill(postmaster(), 'SIGKILL');
      const { status } = await server.call('/health/ready');
      unready.push(status);
      await until(async () => (await server.call('/health/ready')).status === 200);
    }
    await sleep(200);
    isLoading = false;
    await Promise.all(workers);

    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set(IS_LOG_ELSEWHERE ? [202] : [202, 503]));
    expect(unready).toContain(503);
    await until(async () => (await ledgerOf()).pending === 0);
    const before = await ledgerOf();
    const acknowledged = sent.filter(({ status }) => status === 202);
    for (const { ids } of acknowledged) expect((await send(ids)).status).toBe(202);
    await until(async () => (await ledgerOf()).pending === 0);
    const after = await ledgerOf();
    // Whatever had been lost would have been stored now.
    expect(after.stored).toBe(before.stored);
    expect(after.duplicate - before.duplicate).toBe(acknowledged.length * 50);
    expect(balance(after)).toBe(0);
    expect(server.process.complaints).toEqual([]);
    expect(server.process.lines.filter((line) => line.includes('PostgreSQL ended unexpectedly'))).toHaveLength(3);
  });
});
