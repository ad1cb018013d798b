import { EXPOSURE, type EventInput } from '@assay/contracts';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { CommandContext } from '../command-context.js';
import { assayProgram } from '../program.js';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The part of the interface an import needs, with a memory and, if wanted, a bad day. */
class RecordingServer {
  readonly experiments = new Map<string, { status: string; body: Record<string, unknown> }>();
  readonly stored = new Map<string, EventInput>();
  received = 0;
  batches: number[] = [];
  /** Asked before each batch: an answer other than 202, or a cut connection. */
  trouble: () => number | 'cut' | undefined = () => undefined;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '', 'http://x').pathname.replace('/api/v1', '');
    const body = request.method === 'POST' ? ((await json(request)) as Record<string, unknown>) : {};
    const answer = path === '/events' ? this.take(body['events'] as EventInput[]) : this.answerTo(path, body);
    if (answer === 'cut') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '0' });
    response.end(JSON.stringify(answer.body));
  }

  private answerTo(path: string, body: Record<string, unknown>): Answer {
    const [, , key = '', action] = path.split('/');
    const found = this.experiments.get(key);
    if (path === '/experiments') {
      const made = { status: 'DRAFT', body };
      this.experiments.set(String(body['key']), made);
      return { status: 201, body: { ...body, status: made.status } };
    }
    if (path === '/ledger') return { status: 200, body: this.ledger() };
    if (found === undefined) return { status: 404, body: { code: 'not_found', detail: 'no such experiment' } };
    if (action === 'start') found.status = 'ACTIVE';
    if (action === 'results') return { status: 200, body: this.results(key) };
    return { status: 200, body: { ...found.body, status: found.status } };
  }

  private take(events: EventInput[]): Answer | 'cut' {
    const trouble = this.trouble();
    if (typeof trouble === 'number') return { status: trouble, body: { code: 'unavailable', detail: 'not now' } };
    this.batches.push(events.length);
    this.received += events.length;
    const rejected = events.flatMap(({ id, userId }, index) =>
      userId === 'bad' ? [{ index, id, code: 'validation_failed', message: 'userId: is bad' }] : [],
    );
    for (const event of events) if (event.userId !== 'bad') this.stored.set(String(event.id), event);
    return trouble ?? { status: 202, body: { accepted: events.length - rejected.length, rejected } };
  }

  private ledger() {
    return {
      received: this.received,
      stored: this.stored.size,
      duplicate: this.received - this.stored.size,
      rejected: 0,
      deadLettered: 0,
      pending: 0,
    };
  }

  private results(key: string) {
    const srm = { statistic: null, degreesOfFreedom: 1, pValue: null, verdict: 'insufficient' };
    const verdict = { decision: 'no-data', winner: null, reasons: [] };
    return {
      experimentKey: key,
      status: 'ACTIVE',
      units: {},
      multipleExposures: 0,
      dataThrough: null,
      srm,
      metrics: [],
      verdict,
    };
  }
}

let server: RecordingServer;
let url: string;
let folder: string;
let out: string[];
let err: string[];

beforeEach(async () => {
  server = new RecordingServer();
  url = await server.start();
  folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  [out, err] = [[], []];
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<void> => {
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    isWatched: false,
  };
  const context = new CommandContext(terminal, { ASSAY_URL: url, XDG_CONFIG_HOME: folder }, folder, folder);
  await assayProgram(context).parseAsync(['node', 'assay', ...args]);
};
const file = (...lines: string[]): void => writeFileSync(join(folder, 'data.csv'), `${lines.join('\n')}\n`);
const importing = (...more: string[]): Promise<void> =>
  run('import', 'data.csv', '--experiment', 'test', '--unit', 'user', '--variant', 'arm', '--control', 'old', ...more);

const header = 'user,arm,bought,spent';
const many = Array.from(
  { length: 2_500 },
  (_, index) => `u${index},${index % 2 === 0 ? 'old' : 'new'},${index % 3 === 0},${index % 5}`,
);

it('makes and starts the experiment that the file is about', async () => {
  file(header, 'u1,old,TRUE,0', 'u2,new,FALSE,5');
  await importing('--metric', 'bought', '--metric', 'spent:sum');
  expect(server.experiments.get('test')).toMatchObject({
    status: 'ACTIVE',
    body: {
      key: 'test',
      variants: [
        { key: 'old', isControl: true, trafficAllocation: 50 },
        { key: 'new', isControl: false, trafficAllocation: 50 },
      ],
      metrics: [
        {
          name: 'bought',
          eventName: 'test.bought',
          metricType: 'CONVERSION',
          aggregationMethod: 'exists',
          isPrimary: true,
        },
        { name: 'spent', eventName: 'test.spent', metricType: 'CUSTOM', aggregationMethod: 'sum', isPrimary: false },
      ],
    },
  });
  expect(
    [...server.stored.values()].map(({ eventType, userId, variant, value }) => [eventType, userId, variant, value]),
  ).toEqual([
    [EXPOSURE, 'u1', 'old', undefined],
    ['test.bought', 'u1', undefined, undefined],
    [EXPOSURE, 'u2', 'new', undefined],
    ['test.spent', 'u2', undefined, 5],
  ]);
  expect(out.join('\n')).toContain('Experiment test (ACTIVE)');
});

it('sends batches of 1,000 at most, and a second time the very same events', async () => {
  file(header, ...many);
  await importing('--metric', 'bought', '--metric', 'spent:sum');
  const first = new Map(server.stored);
  expect(first.size).toBe(2_500 + 834 + 2_000);
  expect(Math.max(...server.batches)).toBe(1_000);
  await importing('--metric', 'bought', '--metric', 'spent:sum');
  expect(server.stored).toEqual(first);
  expect(server.received).toBe(2 * first.size);
});

it('goes on when the server is busy or the connection breaks, without adding anything', async () => {
  file(header, ...many);
  const bad: (number | 'cut' | undefined)[] = [503, 'cut', 429, undefined, 'cut', 502];
  server.trouble = () => bad.shift();
  await importing('--metric', 'bought', '--metric', 'spent:sum');
  expect(bad).toEqual([]);
  expect(server.stored.size).toBe(2_500 + 834 + 2_000);
  expect(err.join('\n')).toContain('Trying again');
});

it('sends what was left when it was cut off', async () => {
  file(header, ...many);
  let batches = 0;
  server.trouble = () => ((batches += 1) > 2 ? 400 : undefined);
  await expect(importing('--metric', 'bought', '--metric', 'spent:sum')).rejects.toThrow('not now');
  const before = server.stored.size;
  server.trouble = () => undefined;
  await importing('--metric', 'bought', '--metric', 'spent:sum');
  expect(before).toBeLessThan(server.stored.size);
  expect(server.stored.size).toBe(2_500 + 834 + 2_000);
});

it('says which lines were refused, after the results', async () => {
  file(header, 'u1,old,1,0', 'bad,new,0,0');
  await expect(importing('--metric', 'bought')).rejects.toThrow(
    'The server refused 1 events:\n  line 3: userId: is bad (validation_failed)',
  );
  expect(out.join('\n')).toContain('Experiment test');
});

it('fits the file to an experiment that is there, or says why it cannot', async () => {
  file(header, 'u1,old,1,5', 'u2,new,0,0');
  await importing('--metric', 'bought');
  await expect(importing('--metric', 'spent:sum')).rejects.toThrow("The experiment 'test' has no metric 'spent'.");
  await expect(importing('--metric', 'bought:count')).rejects.toThrow(
    "The metric 'bought' of 'test' is 'exists', not 'count'. Say --metric bought:exists, or import under another key.",
  );
  const metrics = server.experiments.get('test')!.body['metrics'] as Record<string, unknown>[];
  metrics[0]!['aggregationMethod'] = 'quantile';
  // What --metric does not take is not recommended.
  await expect(importing('--metric', 'bought')).rejects.toThrow(
    "is 'quantile', not 'exists'. A column cannot be of that type (it can be exists, sum, count, average, min, max): import under another key.",
  );
  metrics[0]!['aggregationMethod'] = 'exists';
  file(header, 'u1,old,1,5', 'u2,newer,0,0');
  await expect(importing('--metric', 'bought')).rejects.toThrow("has no variant 'newer'; it has old, new.");
  file('user,arm,bought', 'u1,old,1', 'u2,new,0');
  await expect(
    run(
      'import',
      'data.csv',
      '--experiment',
      'test',
      '--unit',
      'user',
      '--variant',
      'arm',
      '--control',
      'new',
      '--metric',
      'bought',
    ),
  ).rejects.toThrow("The control of the experiment 'test' is 'old', not 'new'.");
});

it('finds faults of the file before anything is sent', async () => {
  await expect(importing('--metric', 'bought')).rejects.toThrow(`There is no file ${join(folder, 'data.csv')}.`);
  const faults: [string[], string][] = [
    [[], 'The file is empty.'],
    [[header], 'no rows'],
    [[header, 'u1,old,1,5', 'u2,new,0,much'], "Line 3, column 'spent': 'much' is not a number."],
    [[header, 'u1,old,1,5', 'u2,new,0'], 'on line 3'],
    [[header, 'u1,other,1,5'], "no row has the variant 'old'. The variants of the file are: other."],
    [[header, 'u1,"old\nu2,new'], 'Quote'],
  ];
  for (const [lines, message] of faults) {
    writeFileSync(join(folder, 'data.csv'), lines.length === 0 ? '' : `${lines.join('\n')}\n`);
    await expect(importing('--metric', 'bought', '--metric', 'spent:sum')).rejects.toThrow(message);
  }
  expect([server.experiments.size, server.received]).toEqual([0, 0]);
});

it('without a server says what to do', async () => {
  file(header, 'u1,old,1,5', 'u2,new,0,1');
  await server.stop();
  await expect(importing('--metric', 'bought')).rejects.toThrow(
    `No Assay answers at ${url}. Start one with 'npm start', or name another with --url or ASSAY_URL.`,
  );
});
