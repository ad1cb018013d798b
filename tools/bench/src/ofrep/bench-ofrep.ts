import { removeData } from '@assay/platform';
import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../loop/api-client.js';
import { AssayServer, PASSWORD } from '../loop/assay-server.js';
import { preparedPost } from '../http/lean-connection.js';
import { perSecond, printTable } from '../report.js';
import { PacedClient } from './paced-client.js';
import type { PacedLoad } from './paced-load.js';
import { processorSeconds } from './processor-time.js';
import { quietRounds, type QuietRounds } from './quiet-rounds.js';

const CONNECTIONS = 32;
/** Rounds that count, and rounds that are run at most until so many had a quiet machine. */
const ROUNDS = 5;
const ROUNDS_AT_MOST = 12;
const SECONDS = 3;
const PACED_SECONDS = 2;
/** A server that has just started compiles what it runs: that is not what is measured. */
const WARM_UP_SECONDS = 4;
/** Requests that come one by one take other paths through the server than heaps of them. */
const PACED_WARM_UPS = 2;
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
 * client itself, count for nothing. The servers take turns, and the middle of the rounds' ratios counts.
 */
export async function benchOfrep(): Promise<void> {
  const dataDir = mkdtempSync('/var/tmp/assay-bench-');
  const server = await AssayServer.start({ port: 18_091, dataDir });
  const bare = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)));
  const [port] = (await once(bare, 'message')) as [number];
  try {
    const headers = { 'x-api-key': await prepare(server.url) };
    const path = `${server.url}/ofrep/v1/evaluate/flags`;
    const least = { pid: bare.pid ?? 0, url: `http://127.0.0.1:${port}/` };
    const single = { pid: server.pid, url: `${path}/flag-0`, headers };
    const bulk = { pid: server.pid, url: path, headers };
    const { rounds: rates, stolen } = await takingTurns([least, single, bulk]);
    const { p99, leastP99, rate, stolen: stolenThen } = await latenciesAtHalf(least, single);
    const row = (what: string, index: 0 | 1 | 2, target?: number) => {
      const ratio = median(rates.map((round) => round[index].core / round[0].core));
      const value = `${perSecond(median(rates.map((round) => round[index].core)))}  ${ratio.toFixed(2)}`;
      return target === undefined
        ? { what, value, target: '', ok: null }
        : { what, value, target: `>= ${target}`, ok: ratio >= target };
    };
    printTable(`OFREP on one core, ${CONNECTIONS} connections`, [
      row('bare node:http, same body parsed', 0),
      row('single evaluation with targeting', 1, 0.6),
      row(`bulk of ${FLAGS} flags`, 2, 0.4),
      { what: `p99 of bare node:http at ${perSecond(rate)}`, value: milliseconds(leastP99), target: '', ok: null },
      { what: 'p99 of single, half its load', value: milliseconds(p99), target: '<= 5 ms', ok: p99 <= 5 },
      {
        what: "taken by the machine's host meanwhile",
        value: `${percent(stolen)} and ${percent(stolenThen)}`,
        target: '',
        ok: null,
      },
    ]);
  } finally {
    bare.kill();
    await server.stop();
    await removeData(dataDir);
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

interface Rate {
  /** Requests per second of processor time. */
  readonly core: number;
  /** Requests per second of the clock. */
  readonly wall: number;
}

async function takingTurns(loads: readonly [Load, Load, Load]): Promise<QuietRounds<[Rate, Rate, Rate]>> {
  const [first, second, third] = loads;
  for (const each of loads) await rateOf(each, WARM_UP_SECONDS);
  return quietRounds(ROUNDS, ROUNDS_AT_MOST, async () => [
    await rateOf(first, SECONDS),
    await rateOf(second, SECONDS),
    await rateOf(third, SECONDS),
  ]);
}

async function rateOf({ pid, url, headers = {} }: Load, seconds: number): Promise<Rate> {
  const before = processorSeconds(pid);
  const result = await autocannon({
    url,
    method: 'POST',
    body: BODY,
    headers: { 'content-type': 'application/json', ...headers },
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (result.non2xx > 0) throw new Error(`${url}: ${result.non2xx} answers were no success`);
  const { total } = result.requests;
  return { core: total / (processorSeconds(pid) - before), wall: total / seconds };
}

interface Latencies {
  /** Milliseconds. */
  readonly p99: number;
  readonly leastP99: number;
  /** Requests per second. */
  readonly rate: number;
}

/**
 * In turns as well, and the middle of the rounds. The full load is measured anew before each: a virtual machine's speed changes
 * by half within minutes, and half of what it did then can be all that it does now.
 */
async function latenciesAtHalf(least: Load, single: Load): Promise<Latencies & { readonly stolen: number }> {
  const client = PacedClient.start();
  const round = async (): Promise<Latencies> => {
    const rate = (await rateOf(single, PACED_SECONDS)).wall / 2;
    const leastP99 = await client.p99(pacedLoad(least, rate));
    return { rate, leastP99, p99: await client.p99(pacedLoad(single, rate)) };
  };
  try {
    for (let warmUp = 0; warmUp < PACED_WARM_UPS; warmUp += 1) await round();
    const { rounds, stolen } = await quietRounds(ROUNDS, ROUNDS_AT_MOST, round);
    const middle = (of: keyof Latencies): number => median(rounds.map((each) => each[of]));
    return { p99: middle('p99'), leastP99: middle('leastP99'), rate: middle('rate'), stolen };
  } finally {
    client.stop();
  }
}

function pacedLoad({ url, headers = {} }: Load, rate: number): PacedLoad {
  const request = preparedPost(url, headers, BODY);
  return { url, request, connections: CONNECTIONS, rate, seconds: PACED_SECONDS };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
