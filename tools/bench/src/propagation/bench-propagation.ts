import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../loop/api-client.js';
import { AssayServer, PASSWORD } from '../loop/assay-server.js';
import { printTable } from '../report.js';

const CLIENTS = 500;
const CHANGES = 5;
const IDLE = 10_000;
const PATH = '/ofrep/v1/evaluate/flags';

/** `npm run bench -- propagation`: from the commit of a change until every client has fetched again; and idle streams. */
export async function benchPropagation(): Promise<void> {
  const dataDir = mkdtempSync('/var/tmp/assay-bench-');
  const server = await AssayServer.start({ port: 18_092, dataDir });
  try {
    const admin = new ApiClient(server.url);
    await admin.login('admin', PASSWORD);
    await admin.post('/api/v1/flags', { key: 'switch', name: 'x', status: 'ACTIVE', rolloutPercentage: 100 });
    const body = { name: 'bench', kind: 'server', project: 'default', environment: 'production' };
    const { key } = await admin.post<{ key: string }>('/api/v1/api-keys', body);
    await refetching(server, admin, key);
    await idle(server, key);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function refetching(server: AssayServer, admin: ApiClient, key: string): Promise<void> {
  const fetched: number[] = [];
  const close = await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) =>
      follow(server.url, key, `client-${index}`, () => fetched.push(performance.now())),
    ),
  );
  const delays: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    await sleep(1_000);
    fetched.length = 0;
    const status = change % 2 === 0 ? 'INACTIVE' : 'ACTIVE';
    const committed = admin
      .send('PATCH', '/api/v1/flags/switch', JSON.stringify({ status }))
      .then(() => performance.now());
    const start = await committed;
    while (fetched.length < CLIENTS) await sleep(5);
    delays.push(...fetched.map((at) => Math.max(0, at - start)));
  }
  close.forEach((end) => end());
  delays.sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN;
  printTable(`commit -> ${CLIENTS} clients have fetched again`, [
    { what: 'p50', value: `${at(0.5).toFixed(0)} ms`, target: '<= 50 ms', ok: at(0.5) <= 50 },
    { what: 'p99', value: `${at(0.99).toFixed(0)} ms`, target: '<= 200 ms', ok: at(0.99) <= 200 },
  ]);
}

async function idle(server: AssayServer, key: string): Promise<void> {
  const before = server.memory();
  const close: (() => void)[] = [];
  for (let opened = 0; opened < IDLE; opened += 200) {
    close.push(
      ...(await Promise.all(
        Array.from({ length: 200 }, () => open(`${server.url}/sdk/v1/stream`, { 'x-api-key': key })),
      )),
    );
  }
  await sleep(3_000);
  const after = server.memory();
  close.forEach((end) => end());
  printTable(`${IDLE.toLocaleString('en')} idle streams`, [
    {
      what: 'memory of the server',
      value: `${after.toFixed(0)} MB (${before.toFixed(0)} MB before)`,
      target: '<= 400 MB',
      ok: after <= 400,
    },
  ]);
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function bulk(url: string, key: string, targetingKey: string, query = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const call = request(`${url}${PATH}${query}`, { method: 'POST', headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end(JSON.stringify({ context: { targetingKey } }));
  });
}

/** A client as providers are: told of a change, it fetches everything again. */
async function follow(url: string, key: string, name: string, onFetched: () => void): Promise<() => void> {
  const { eventStreams } = JSON.parse(await bulk(url, key, name)) as {
    eventStreams: [{ endpoint: { requestUri: string } }];
  };
  return open(`${url}${eventStreams[0].endpoint.requestUri}`, {}, (text) => {
    if (text.includes('refetchEvaluation')) void bulk(url, key, name, '?flagConfigEtag=x').then(onFetched);
  });
}

function open(
  url: string,
  headers: Record<string, string>,
  onText: (text: string) => void = () => undefined,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const call = get(url, { headers, agent: false }, (answer) => {
      answer
        .setEncoding('utf8')
        .on('data', onText)
        .on('error', () => undefined);
      resolve(() => call.destroy());
    });
    call.on('error', reject);
  });
}
