import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seconds, timed, type Measured } from '../report.js';
import type { StatsBench } from './bench-stats.js';
import { storedExperiment, storeEvents, storeUnits } from './stored-units.js';

const UNITS = 1_000_000;
const EVENTS = 10_000_000;
const KEY = 'bench-stats';
const EVENT_TYPES = ['signup', 'purchase', 'page_view', 'search', 'session'];

const metric = (name: string, eventName: string, metricType: string, rest: object = {}): object => ({
  name,
  eventName,
  metricType,
  ...rest,
});

/** Ten metrics: two ratios, a quantile, a capped one; CUPED on all that have it. */
const BODY = {
  key: KEY,
  name: 'Bench',
  variants: [34, 33, 33].map((trafficAllocation, index) => ({
    key: ['control', 'one', 'two'][index],
    isControl: index === 0,
    trafficAllocation,
  })),
  metrics: [
    metric('signed_up', 'signup', 'CONVERSION', { isPrimary: true }),
    metric('revenue', 'purchase', 'REVENUE', { capPercentile: 0.99 }),
    metric('orders', 'purchase', 'COUNT'),
    metric('basket', 'purchase', 'CUSTOM', { aggregationMethod: 'average' }),
    metric('page_views', 'page_view', 'COUNT'),
    metric('searches', 'search', 'COUNT', { role: 'guardrail' }),
    metric('search_rate', 'search', 'CUSTOM', { aggregationMethod: 'ratio', denominatorEventName: 'page_view' }),
    metric('order_rate', 'purchase', 'CUSTOM', { aggregationMethod: 'ratio', denominatorEventName: 'session' }),
    metric('session_length', 'session', 'CUSTOM', { aggregationMethod: 'quantile', quantile: 0.9, quantileBy: 'unit' }),
    metric('best_session', 'session', 'CUSTOM', { aggregationMethod: 'max', role: 'secondary' }),
  ],
  analysis: { cuped: true, sequential: 'asymptotic-cs', plannedUnits: 600_000, correction: 'holm' },
};

/** Results of a large experiment over HTTP: the first request of a process, and those when nothing came since. */
export async function benchResults(bench: StatsBench): Promise<Measured[]> {
  const { pool, scale, say } = bench;
  await bench.client().post('/api/v1/experiments', BODY);
  await bench.client().post(`/api/v1/experiments/${KEY}/start`, {});
  const experiment = await storedExperiment(pool, KEY);
  say(`storing ${UNITS * scale} units and ${EVENTS * scale} events`);
  await storeUnits(pool, experiment, UNITS * scale, 1);
  await storeEvents(pool, experiment, EVENTS * scale, UNITS * scale, EVENT_TYPES);
  say('computing their cells and sums');
  const path = `/api/v1/experiments/${KEY}/results`;
  const [, built] = await timed(() => bench.client().get(path));
  await pool.query('VACUUM ANALYZE experimentation.unit_metrics');
  say(`built in ${seconds(built)}`);
  await bench.restart();
  const [, first] = await timed(() => bench.client().get(path));
  const again = await medianOf(20, () => bench.client().get(path));
  const [, afterOne] = await timed(async () => {
    await sendOne(bench);
    await bench.client().get(path);
  });
  const series = await medianOf(5, () => bench.client().get(`/api/v1/experiments/${KEY}/timeseries?metric=orders`));
  const what = `${(UNITS * scale).toLocaleString('en')} units, 10 metrics, 3 arms`;
  return [
    { what: `results of ${what}: first request`, value: seconds(first), target: '<= 1 s', ok: first <= 1_000 },
    { what: '… nothing came since', value: `${again.toFixed(1)} ms`, target: '<= 50 ms', ok: again <= 50 },
    { what: '… one more event sent, applied and counted', value: seconds(afterOne), target: '', ok: null },
    { what: '… time series of a metric, nothing came since', value: `${series.toFixed(1)} ms`, target: '', ok: null },
  ];
}

interface Ledger {
  readonly stored: number;
  readonly pending: number;
}

async function sendOne({ client }: StatsBench): Promise<void> {
  const before = await client().get<Ledger>('/api/v1/ledger');
  const timestamp = '2026-10-20T12:00:00Z';
  const event = { id: randomUUID(), eventType: 'purchase', userId: 'u-1', timestamp, value: 12.5 };
  await client().post('/api/v1/events', { events: [event] });
  for (;;) {
    const ledger = await client().get<Ledger>('/api/v1/ledger');
    if (ledger.pending === 0 && ledger.stored > before.stored) return;
    await sleep(5);
  }
}

async function medianOf(times: number, run: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let index = 0; index < times; index += 1) took.push((await timed(run))[1]);
  return took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
}
