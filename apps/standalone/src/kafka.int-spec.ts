import { brokersOrSkip } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayProcess, AssayServer, removeFolder, testFolder } from '../test/assay-process.js';

// Needs a broker; why there is none is printed.
const brokers = brokersOrSkip('the tests of `npm start` on Kafka');

/** `npm start` with KAFKA_BROKERS: the same server, its log on a broker. */
(brokers === undefined ? describe.skip : describe)('npm start on Kafka', () => {
  let dataDir: string;
  let server: AssayServer;
  const prefix = `${randomUUID()}.`;
  const environment = () => ({
    KAFKA_BROKERS: brokers ?? '',
    KAFKA_PREFIX: prefix,
    LOG_LEVEL: 'warn',
  });
  beforeAll(async () => {
    dataDir = testFolder();
    server = await AssayServer.start(dataDir, environment());
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(dataDir);
  });

  it('imports a test through the broker, exactly once, and goes on after a kill', async () => {
    const file = join(dataDir, 'test.csv');
    const rows = Array.from(
      { length: 5_000 },
      (_, unit) => `u${unit},${unit % 2 === 0 ? 'a' : 'b'},${unit % 5 === 0 ? 1 : 0}`,
    );
    writeFileSync(file, `user,arm,bought\n${rows.join('\n')}\n`);
    const columns = ['--unit', 'user', '--variant', 'arm', '--control', 'a', '--metric', 'bought'];
    const imported = server.assay('import', file, '--experiment', 'shop', ...columns);
    expect(await imported.ended).toBe(0);
    const units = async (): Promise<unknown> =>
      (JSON.parse(await out(server, 'results', 'shop', '--json')) as { units: unknown }).units;
    expect(await units()).toEqual({ a: 2_500, b: 2_500 });

    await server.kill();
    server = await AssayServer.start(dataDir, environment());
    const again = server.assay('import', file, '--experiment', 'shop', ...columns);
    expect(await again.ended).toBe(0);
    expect(await units()).toEqual({ a: 2_500, b: 2_500 });
    const ledger = JSON.parse(await out(server, 'ledger', '--json')) as Record<string, number>;
    expect(ledger).toMatchObject({ pending: 0, rejected: 0, deadLettered: 0 });
    expect(server.process.complaints).toEqual([]);
  });

  it('does not go on with the log in the database', async () => {
    expect(await server.stop()).toBe(0);
    const other = new AssayProcess('start', [], { PORT: '0', ASSAY_DATA_DIR: dataDir });
    expect([await other.ended, other.complaints]).toEqual([
      1,
      ['The log of this data directory is on Kafka. Set KAFKA_BROKERS, or begin with another ASSAY_DATA_DIR.'],
    ]);
    server = await AssayServer.start(dataDir, environment());
  });

  it('is ready only with its broker', async () => {
    const { body } = await server.call<{ checks?: Record<string, unknown> }>('/health/ready');
    expect(Object.keys(body.checks ?? {})).toEqual(['database', 'broker']);
  });
});

async function out(server: AssayServer, ...args: string[]): Promise<string> {
  const command = server.assay(...args);
  expect(await command.ended).toBe(0);
  return command.out;
}
