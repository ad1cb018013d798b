import { EmbeddedPostgres } from '@assay/platform';
import pg from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond, printTable, seconds, timed, type Measured } from '../report.js';
import { ApiClient } from './api-client.js';
import { AssayServer, PASSWORD } from './assay-server.js';
import { rawInsertRate } from './raw-insert.js';
import { bodies, EXPERIMENT, experimentBody, traffic } from './traffic.js';

interface Ledger {
  stored: number;
  pending: number;
}

const EVENTS = 240_000;
const STORED = 2_000_000;
const UNITS = 200_000;
const IN_FLIGHT = 4;
/** Asking the ledger counts what is pending, which costs the server something: not more often than needed. */
const POLL_MS = 100;
const PORT = 18_080;

/**
 * The closed loop: events by HTTP in batches of 1,000, through the log, applied and visible, against the bare insert of the
 * same rows into the same server; on an empty and on a full store. `--quick` takes a tenth of everything, `--empty` stops before
 * the store is filled (for tuning and profiling).
 */
export async function benchLoop(options: readonly string[]): Promise<void> {
  const scale = options.includes('--quick') ? 0.1 : 1;
  const emptyOnly = options.includes('--empty');
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const say = (line: string): void => console.log(`  ${line}`);
  try {
    const rows = [...(emptyOnly ? [] : await benchStart(folder)), ...(await benchPath(folder, scale, say, emptyOnly))];
    printTable('The closed loop, on this machine, in this run', rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchStart(folder: string): Promise<Measured[]> {
  const dataDir = join(folder, 'start');
  const first = await AssayServer.start({ port: PORT, dataDir });
  await first.stop();
  const again = await AssayServer.start({ port: PORT, dataDir });
  await again.stop();
  return [
    row('ready on a new data directory', seconds(first.readyAfter), '<= 8 s', first.readyAfter <= 8_000),
    row('ready on an existing one', seconds(again.readyAfter), '<= 4 s', again.readyAfter <= 4_000),
  ];
}

async function benchPath(
  folder: string,
  scale: number,
  say: (line: string) => void,
  emptyOnly: boolean,
): Promise<Measured[]> {
  const postgres = await EmbeddedPostgres.start({ dataDir: join(folder, 'path'), say, warn: say });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  const server = await AssayServer.start({ port: PORT, dataDir: join(folder, 'keys'), databaseUrl: postgres.url });
  try {
    const client = new ApiClient(server.url);
    await client.login('admin', PASSWORD);
    await client.post('/api/v1/experiments', experimentBody);
    await client.post(`/api/v1/experiments/${EXPERIMENT}/start`, {});
    await pathRate(client, 20_000, 'warm'); // compiles what is hot, opens the connections

    say(`sending ${EVENTS * scale} events to an empty store`);
    const since = new Date();
    const empty = await pathRate(client, EVENTS * scale, 'empty');
    const raw = await rawInsertRate(pool, since);
    const first = [
      row('bare insert of the same rows', perSecond(raw), '', null),
      row(
        'accepted and applied, empty store',
        `${perSecond(empty)} = ${(empty / raw).toFixed(2)} of it`,
        '>= 0.35',
        empty / raw >= 0.35,
      ),
    ];
    if (emptyOnly) return first;

    say(`filling the store up to ${STORED * scale} events`);
    await fill(pool, STORED * scale);
    say('sending the same again');
    const full = await pathRate(client, EVENTS * scale, 'full');

    say(`exposing ${UNITS * scale} units`);
    await pathRate(client, UNITS * scale, 'units', UNITS * scale);
    const results = await resultsLatency(client);
    return [
      ...first,
      row(
        '… with 2,000,000 stored',
        `${perSecond(full)} = ${(full / empty).toFixed(2)} of that`,
        '>= 0.85',
        full / empty >= 0.85,
      ),
      row(
        'results of 200,000 units, 3 metrics',
        `${results.toFixed(1)} ms (median of 20)`,
        '<= 100 ms',
        results <= 100,
      ),
      row('memory of the Node process', `${server.memory().toFixed(0)} MB`, '<= 400 MB', server.memory() <= 400),
    ];
  } finally {
    await server.stop();
    await pool.end();
    await postgres.stop();
  }
}

/** Events a second from the first request to the moment the ledger shows nothing pending. */
async function pathRate(
  client: ApiClient,
  count: number,
  prefix: string,
  users = Math.ceil(count / 6),
): Promise<number> {
  const waiting = bodies(traffic(count, users, prefix)).reverse();
  const before = await client.get<Ledger>('/api/v1/ledger');
  const [, took] = await timed(async () => {
    const send = async (): Promise<void> => {
      for (let body = waiting.pop(); body !== undefined; body = waiting.pop())
        await client.send('POST', '/api/v1/events', body);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, send));
    for (;;) {
      const ledger = await client.get<Ledger>('/api/v1/ledger');
      if (ledger.pending === 0 && ledger.stored >= before.stored + count) return;
      await sleep(POLL_MS);
    }
  });
  return (count / took) * 1_000;
}

/** Rows like those of other experiments' users, straight into the table. */
async function fill(pool: pg.Pool, total: number): Promise<void> {
  const { rows } = await pool.query<{ count: string; project: string }>(
    `SELECT count(*) AS count, (SELECT id FROM experimentation.projects WHERE key = 'default') AS project FROM experimentation.events`,
  );
  const missing = total - Number(rows[0]?.count ?? 0);
  for (let done = 0; done < missing; done += 200_000) {
    await pool.query(
      `INSERT INTO experimentation.events (id, project_id, event_id, event_type, user_id, value, event_metadata, created_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid()::text, (ARRAY['signup', 'purchase', 'page_view'])[1 + n % 3],
              'old-' || (random() * 500000)::int, random() * 100, '{"plan": "pro"}', now() - random() * interval '60 days'
       FROM generate_series(1, $2::int) AS n`,
      [rows[0]?.project, Math.min(200_000, missing - done)],
    );
  }
  await pool.query('ANALYZE experimentation.events');
}

async function resultsLatency(client: ApiClient): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const [, took] = await timed(() => client.get(`/api/v1/experiments/${EXPERIMENT}/results`));
    times.push(took);
  }
  return times.sort((a, b) => a - b)[10] ?? Number.NaN;
}

const row = (what: string, value: string, target: string, ok: boolean | null): Measured => ({
  what,
  value,
  target,
  ok,
});
