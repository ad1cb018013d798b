import { until } from '@assay/testing';
import type { ExperimentResults } from '@assay/contracts';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';

/** Exposures that a crash may lose are younger than this: the 200 ms of a batch, its write, and a slow machine. */
const BOUND_MS = 1_000;

let folder: string;
let server: AssayServer;
let key: string;

beforeAll(async () => {
  folder = testFolder();
  server = await AssayServer.start(folder);
  const body = { name: 'server', kind: 'server', project: 'default', environment: 'production' };
  key = (await send<{ key: string }>('POST', '/api-keys', body)).key;
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

async function send<T>(method: string, path: string, body: object): Promise<T> {
  const answer = await server.call<T>(`/api/v1${path}`, { method, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A running experiment that a flag carries as a split of its own, so that evaluation stores nothing. */
async function split(name: string): Promise<void> {
  const arm = (arm: string, isControl: boolean) => ({ key: arm, name: arm, isControl, trafficAllocation: 50 });
  const metrics = [{ name: 'm', eventName: 'e', metricType: 'CONVERSION', isPrimary: true }];
  const variants = [arm('control', true), arm('treatment', false)];
  const { id } = await send<{ id: string }>('POST', '/experiments', { key: name, name, variants, metrics });
  await send('POST', `/experiments/${id}/start`, {});
  await send('POST', '/flags', { key: `${name}-flag`, name, status: 'ACTIVE' });
  const arms = [
    { key: 'control', variant: 'a', in: [[0, 0.5]] },
    { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
  ];
  await send('PUT', `/flags/${name}-flag/definition`, {
    type: 'string',
    on: true,
    variants: { a: 'A', b: 'B' },
    off: null,
    rules: [],
    default: { split: { key: name, salt: name, unit: ['userId'], arms } },
  });
}

/** Evaluates for ever new units until the server is gone; the time of each answer. */
async function load(name: string, end: () => Promise<unknown>): Promise<number[]> {
  const answered: number[] = [];
  const worker = async (number: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      try {
        const response = await fetch(`${server.url}/ofrep/v1/evaluate/flags/${name}-flag`, {
          method: 'POST',
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
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
  await until(() => Promise.resolve(answered.length > 200));
  await Promise.all([end(), ...workers]);
  return answered;
}

const unitsOf = async (name: string): Promise<number> => {
  const { body } = await server.call<ExperimentResults>(`/api/v1/experiments/${name}/results`);
  return Object.values(body.units).reduce((sum, count) => sum + count, 0);
};

it('are all counted after SIGTERM in the middle of evaluations', async () => {
  await split('terminated');
  const answered = await load('terminated', () => server.stop());
  server = await AssayServer.start(folder);
  await until(async () => (await unitsOf('terminated')) >= answered.length);
});

it('are lost to kill -9 only where they are younger than the bound', async () => {
  await split('killed');
  let killedAt = 0;
  const answered = await load('killed', () => {
    killedAt = Date.now();
    return server.kill();
  });
  server = await AssayServer.start(folder);
  let [before, units] = [-1, 0];
  await until(async () => {
    [before, units] = [units, await unitsOf('killed')];
    return units > 0 && before === units;
  });
  // Batches go to the log in the order of the answers: what is missing is the youngest.
  const lost = Math.max(0, answered.length - units);
  const oldest = lost === 0 ? 0 : killedAt - ([...answered].sort((a, b) => a - b)[answered.length - lost] ?? 0);
  console.log(`kill -9: ${lost} of ${answered.length} exposures lost, the oldest ${oldest} ms old`);
  expect(oldest).toBeLessThan(BOUND_MS);
});
