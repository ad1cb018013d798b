import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../loop/api-client.js';
import { AssayServer, PASSWORD } from '../loop/assay-server.js';
import { preparedPost } from '../http/lean-connection.js';
import { perSecond, printTable } from '../report.js';
import { pacedLatencies } from './paced-load.js';
import { processorSeconds } from './processor-time.js';

const CONNECTIONS = 32;
const SECONDS = 6;
/** A server that has just started compiles what it runs: that is not what is measured. */
const WARM_UP_SECONDS = 4;
const FLAGS = 20;
const CONTEXT = { targetingKey: 'user-1', country: 'NO', plan: 'pro', age: 31, app: '2.3.1' };
const BODY = JSON.stringify({ context: CONTEXT });

interface Load {
  readonly pid: number;
  readonly url: string;
  readonly headers?: Record<string, string>;
}

/**
 * `npm run bench -- ofrep`. Requests per second of processor time of the server, so that what else the machine does, and the
 * client itself, count for nothing.
 */
export async function benchOfrep(): Promise<void> {
  const dataDir = mkdtempSync('/var/tmp/assay-bench-');
  const server = await AssayServer.start({ port: 18_091, dataDir });
  const bare = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)));
  const [port] = (await once(bare, 'message')) as [number];
  try {
    const key = await prepare(server.url);
    const headers = { 'x-api-key': key };
    const path = `${server.url}/ofrep/v1/evaluate/flags`;
    const least = await load({ pid: bare.pid ?? 0, url: `http://127.0.0.1:${port}/` });
    const single = await load({ pid: server.pid, url: `${path}/flag-0`, headers });
    const bulk = await load({ pid: server.pid, url: path, headers });
    const rate = single.wall / 2;
    const leastP99 = await latencyAt(rate, `http://127.0.0.1:${port}/`, {});
    const p99 = await latencyAt(rate, `${path}/flag-0`, headers);
    const row = (what: string, { core }: { core: number }, target?: number) => ({
      what,
      value: `${perSecond(core)}  ${(core / least.core).toFixed(2)}`,
      target: target === undefined ? '' : `>= ${target}`,
      ok: target === undefined ? null : core / least.core >= target,
    });
    printTable(`OFREP on one core, ${CONNECTIONS} connections`, [
      row('bare node:http, same body parsed', least),
      row('single evaluation with targeting', single, 0.6),
      row(`bulk of ${FLAGS} flags`, bulk, 0.4),
      { what: `p99 of bare node:http at ${perSecond(rate)}`, value: `${leastP99.toFixed(1)} ms`, target: '', ok: null },
      {
        what: 'p99 of single evaluation at half of its load',
        value: `${p99.toFixed(1)} ms`,
        target: '<= 5 ms',
        ok: p99 <= 5,
      },
    ]);
  } finally {
    bare.kill();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function prepare(url: string): Promise<string> {
  const client = new ApiClient(url);
  await client.login('admin', PASSWORD);
  const rule = { when: { attr: 'country', op: 'in', values: ['NO', 'SE'] }, serve: { variant: 'on' } };
  for (let index = 0; index < FLAGS; index += 1) {
    await client.post('/api/v1/flags', { key: `flag-${index}`, name: 'x', status: 'ACTIVE', targetingRules: [rule] });
  }
  const body = { name: 'bench', kind: 'server', project: 'default', environment: 'production' };
  return (await client.post<{ key: string }>('/api/v1/api-keys', body)).key;
}

/** The 99th percentile of the milliseconds from when a request was due. */
async function latencyAt(rate: number, url: string, headers: Record<string, string>): Promise<number> {
  const request = preparedPost(url, headers, BODY);
  const latencies = await pacedLatencies({ url, request, connections: CONNECTIONS, rate, seconds: SECONDS });
  return latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
}

async function load({ pid, url, headers = {} }: Load): Promise<{ core: number; wall: number }> {
  const options = {
    url,
    method: 'POST' as const,
    body: BODY,
    headers: { 'content-type': 'application/json', ...headers },
    connections: CONNECTIONS,
  };
  await autocannon({ ...options, duration: WARM_UP_SECONDS });
  const before = processorSeconds(pid);
  const result = await autocannon({ ...options, duration: SECONDS });
  if (result.non2xx > 0) throw new Error(`${url}: ${result.non2xx} answers were no success`);
  const { total } = result.requests;
  return { core: total / (processorSeconds(pid) - before), wall: total / SECONDS };
}
