import type { ExperimentResults } from '@assay/contracts';
import { brokersOrSkip } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayServer, PROGRESS, removeFolder, root, testFolder } from '../test/assay-process.js';

const data = join(process.env['ASSAY_VECTORS'] ?? join(root, '..', 'shared', 'vectors'), '..', 'data');
// The data sets are large and lie beside the vectors, not in the repository.
const isThere = existsSync(data);
if (!isThere)
  process.stderr.write(`No data sets in ${data} (set ASSAY_VECTORS): the imports of published tests are skipped.\n`);

// The second set on a broker where there is one; why there is none is printed.
const brokers = brokersOrSkip('the imports of published tests on Kafka');
const onPostgres = { log: 'PostgreSQL', environment: {} };
const onKafka =
  brokers === undefined
    ? onPostgres
    : { log: 'Kafka', environment: { KAFKA_BROKERS: brokers, KAFKA_PREFIX: `${randomUUID()}.` } };

/** The command of the README, over a real server, and the published numbers: one set on either log. */
(isThere ? describe : describe.skip).each([
  { ...onPostgres, set: 'Cookie Cats', check: cookieCats },
  { ...onKafka, set: 'a landing page, with users who saw both pages', check: landingPage },
])('a published A/B test through `assay import`, over the log of $log', ({ environment, set, check }) => {
  let dataDir: string;
  let server: AssayServer;
  beforeAll(async () => {
    dataDir = testFolder();
    server = await AssayServer.start(dataDir, environment);
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(dataDir);
  });

  it(set, () => check(new Command(server)), 480_000);
});

/** The command line against the server of a test. */
class Command {
  constructor(private readonly server: AssayServer) {}

  async run(...args: string[]): Promise<string> {
    const command = this.server.assay(...args);
    const code = await command.ended;
    // What the server says of it tells why.
    const faults = this.server.process.lines.filter((line) => /"level":"(error|fatal)"/.test(line));
    expect([code, command.complaints.filter((line) => !PROGRESS.test(line)), faults]).toEqual([0, [], []]);
    return command.out;
  }

  async resultsOf(experiment: string): Promise<ExperimentResults> {
    return JSON.parse(await this.run('results', experiment, '--json')) as ExperimentResults;
  }
}

const comparison = (results: ExperimentResults, metric: string) =>
  results.metrics.find(({ name }) => name === metric)?.comparisons[0];

async function cookieCats(assay: Command): Promise<void> {
  const columns = ['--unit', 'userid', '--variant', 'version', '--control', 'gate_30'];
  const metrics = ['--metric', 'retention_1', '--metric', 'retention_7', '--metric', 'sum_gamerounds:sum'];
  const table = await assay.run(
    'import',
    join(data, 'cookie_cats.csv'),
    '--experiment',
    'cookie',
    ...columns,
    ...metrics,
  );
  for (const shown of ['p 0.074410', 'z -3.16436, p 0.00155425', 't -0.88544, p 0.375924', 'p 0.00860799']) {
    expect(table).toContain(shown);
  }
  const results = await assay.resultsOf('cookie');
  expect(results.units).toEqual({ gate_30: 44_700, gate_40: 45_489 });
  expect(comparison(results, 'retention_1')?.pValue).toBeCloseTo(0.07440965529691913, 12);
  expect(comparison(results, 'retention_7')?.pValue).toBeCloseTo(0.001554249975614329, 12);
  expect(comparison(results, 'sum_gamerounds')).toMatchObject({ test: 'welch-t' });
  expect(comparison(results, 'sum_gamerounds')?.degreesOfFreedom).toBeCloseTo(58595.481422574, 6);
  expect(comparison(results, 'sum_gamerounds')?.pValue).toBeCloseTo(0.37592438409326223, 12);
  expect(results.srm.pValue).toBeCloseTo(0.008607987810836262, 12);
}

async function landingPage(assay: Command): Promise<void> {
  const columns = ['--unit', 'user_id', '--variant', 'group', '--control', 'control', '--timestamp', 'timestamp'];
  const table = await assay.run(
    'import',
    join(data, 'ab_data.csv'),
    '--experiment',
    'landing',
    ...columns,
    '--metric',
    'converted',
  );
  for (const shown of ['z -1.20540', 'p 0.228049', 'p 0.868437', '1,895 seen in more than one variant']) {
    expect(table).toContain(shown);
  }
  const results = await assay.resultsOf('landing');
  expect([results.units, results.multipleExposures]).toEqual([{ control: 144_300, treatment: 144_389 }, 1_895]);
  expect(results.metrics[0]?.variants.map(({ n, sum }) => [n, sum])).toEqual([
    [144_300, 17_468],
    [144_389, 17_268],
  ]);
  const ledger = JSON.parse(await assay.run('ledger', '--json')) as {
    pending: number;
    rejected: number;
    deadLettered: number;
  };
  expect(ledger).toMatchObject({ pending: 0, rejected: 0, deadLettered: 0 });
}
