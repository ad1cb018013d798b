import { removeData } from '@assay/platform';
import { mkdtempSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeanConnection, preparedPost } from '../http/lean-connection.js';
import { openStream } from '../http/lean-stream.js';
import { ApiClient } from '../loop/api-client.js';
import { AssayServer, PASSWORD } from '../loop/assay-server.js';
import { printTable } from '../report.js';

const CLIENTS = 500;
/** The server compiles what runs often while the first changes go out. */
const COLD = 5;
const CHANGES = 10;
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
    await removeData(dataDir);
  }
}

async function refetching(server: AssayServer, admin: ApiClient, key: string): Promise<void> {
  const fetched: number[] = [];
  const close = await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) =>
      follow(server.url, key, `client-${index}`, () => fetched.push(performance.now())),
    ),
  );
  const changes: number[][] = [];
  for (let change = 0; change < COLD + CHANGES; change += 1) {
    await sleep(1_000);
    fetched.length = 0;
    const status = change % 2 === 0 ? 'INACTIVE' : 'ACTIVE';
    await admin.send('PATCH', '/api/v1/flags/switch', JSON.stringify({ status }));
    const start = performance.now();
    while (fetched.length < CLIENTS) await sleep(5);
    changes.push(fetched.map((at) => Math.max(0, at - start)));
  }
  close.forEach((end) => end());
  const cold = percentiles(changes.slice(0, COLD).flat());
  const { p50, p99 } = percentiles(changes.slice(COLD).flat());
  const told = (of: { p50: number; p99: number }): string => `${of.p50.toFixed(0)} ms, ${of.p99.toFixed(0)} ms`;
  printTable(`commit -> ${CLIENTS} clients have fetched again`, [
    { what: `p50, p99 of the first ${COLD} changes of a server just started`, value: told(cold), target: '', ok: null },
    {
      what: `p50 of the ${CHANGES} changes after them`,
      value: `${p50.toFixed(0)} ms`,
      target: '<= 50 ms',
      ok: p50 <= 50,
    },
    { what: 'p99', value: `${p99.toFixed(0)} ms`, target: '<= 200 ms', ok: p99 <= 200 },
  ]);
}

function percentiles(delays: number[]): { p50: number; p99: number } {
  delays.sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function idle(server: AssayServer, key: string): Promise<void> {
  const before = server.memory();
  const close: (() => void)[] = [];
  for (let opened = 0; opened < IDLE; opened += 200) {
    close.push(
      ...(await Promise.all(
        Array.from({ length: 200 }, () => openStream(`${server.url}/sdk/v1/stream`, { 'x-api-key': key })),
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

/** A client as providers are: told of a change, it fetches everything again, on a connection of its own. */
async function follow(url: string, key: string, name: string, onFetched: () => void): Promise<() => void> {
  const connection = await LeanConnection.open(url);
  const body = JSON.stringify({ context: { targetingKey: name } });
  const headers = { 'x-api-key': key };
  const first = preparedPost(`${url}${PATH}`, headers, body);
  const { eventStreams } = JSON.parse(
    await new Promise<string>((resolve) => {
      connection.send(first, (answer) => resolve(answer.body));
    }),
  ) as { eventStreams: [{ endpoint: { requestUri: string } }] };
  const again = preparedPost(`${url}${PATH}?flagConfigEtag=x`, headers, body);
  const close = await openStream(`${url}${eventStreams[0].endpoint.requestUri}`, {}, (text) => {
    if (!text.includes('refetchEvaluation')) return;
    connection.send(again, ({ status }) => {
      if (status !== 200) throw new Error(`a refetch was answered ${status}`);
      onFetched();
    });
  });
  return () => {
    close();
    connection.close();
  };
}
