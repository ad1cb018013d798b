import { until } from '@assay/testing';
import type { ExperimentResults, Ledger } from '@assay/contracts';
import { AssayServer } from '../test/assay-process.js';
import { ownServer } from '../test/own-server.js';
import { startTwoHalves } from '../test/two-halves.js';

/** Exposures that a crash may lose are younger than this: the 200 ms of a batch, its write, and a slow machine. */
const BOUND_MS = 1_000;

const own = ownServer();

/** A running experiment that a flag carries as a split of its own, so that evaluation stores nothing. */
async function split(name: string): Promise<void> {
  await startTwoHalves(own.server, name);
  await own.server.send('POST', '/flags', { key: `${name}-flag`, name, status: 'ACTIVE' });
  const arms = [
    { key: 'control', variant: 'a', in: [[0, 0.5]] },
    { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
  ];
  await own.server.send('PUT', `/flags/${name}-flag/definition`, {
    type: 'string',
    on: true,
    variants: { a: 'A', b: 'B' },
    off: null,
    rules: [],
    default: { split: { key: name, salt: name, unit: ['userId'], arms } },
  });
}

/** Evaluates for ever new units until the server is gone, and that long enough for most to be safe; the time of each answer. */
async function load(name: string, end: () => Promise<unknown>): Promise<number[]> {
  const answered: number[] = [];
  const worker = async (number: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      try {
        const response = await fetch(`${own.server.url}/ofrep/v1/evaluate/flags/${name}-flag`, {
          method: 'POST',
          headers: { 'x-api-key': own.serverKey, 'content-type': 'application/json' },
          body: JSON.stringify({ context: { targetingKey: `w${number}-${index}` } }),
        });
        if (response.status !== 200) return;
        answered.push(Date.now());
        await response.text();
      } catch {
        return;
      }
    }
  };
  const workers = [0, 1, 2, 3].map(worker);
  await until(() => Promise.resolve(answered.length > 200 && Date.now() - (answered[0] ?? Infinity) > 2 * BOUND_MS));
  await Promise.all([end(), ...workers]);
  return answered;
}

const unitsOf = async (name: string): Promise<number> => {
  const { units } = await own.server.read<ExperimentResults>(`/experiments/${name}/results`);
  return Object.values(units).reduce((sum, count) => sum + count, 0);
};

it('are all counted after SIGTERM in the middle of evaluations', async () => {
  await split('terminated');
  const answered = await load('terminated', () => own.server.stop());
  own.server = await AssayServer.start(own.server.dataDir);
  await until(async () => (await unitsOf('terminated')) >= answered.length);
});

it('are lost to kill -9 only where they are younger than the bound', async () => {
  await split('killed');
  let killedAt = 0;
  const answered = await load('killed', () => {
    killedAt = Date.now();
    return own.server.kill();
  });
  own.server = await AssayServer.start(own.server.dataDir);
  let [before, units] = [-1, 0];
  await until(async () => {
    const { pending } = await own.server.read<Ledger>('/ledger');
    [before, units] = [units, await unitsOf('killed')];
    return pending === 0 && units > 0 && before === units;
  });
  // Batches go to the log in the order of the answers: what is missing is the youngest.
  const lost = Math.max(0, answered.length - units);
  const oldest = lost === 0 ? 0 : killedAt - ([...answered].sort((a, b) => a - b)[answered.length - lost] ?? 0);
  console.log(`kill -9: ${lost} of ${answered.length} exposures lost, the oldest ${oldest} ms old`);
  expect(oldest).toBeLessThan(BOUND_MS);
});
