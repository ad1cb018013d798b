import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seconds, timed, type Measured } from '../report.js';
import type { StatsBench } from './bench-stats.js';
import { storedExperiment, storeEvents, storeUnits } from './stored-units.js';

const UNITS = 1_000_000;
const EVENTS = 10_000_000;
const EVENT_TYPES = ['signup', 'purchase', 'page_view', 'search', 'session'];

const metric = (name: string, eventName: string, metricType: string, rest: object = {}): object => ({
  name,
  eventName,
  metricType,
  ...rest,
});

/** Ten metrics: two ratios, a quantile, a capped one; CUPED on all that have it. */
const body = (key: string): object => ({
  key,
  name: key,
  variants: [34, 33, 33].map((trafficAllocation, index) => ({
    key: ['control', 'one', 'two'][index],
    isControl: index === 0,
    trafficAllocation,
  })),
  metrics: [
    metric('signed_up', `${key}-signup`, 'CONVERSION', { isPrimary: true }),
    metric('revenue', `${key}-purchase`, 'REVENUE', { capPercentile: 0.99 }),
    metric('orders', `${key}-purchase`, 'COUNT'),
    metric('basket', `${key}-purchase`, 'CUSTOM', { aggregationMethod: 'average' }),
    metric('page_views', `${key}-page_view`, 'COUNT'),
    metric('searches', `${key}-search`, 'COUNT', { role: 'guardrail' }),
    metric('search_rate', `${key}-search`, 'CUSTOM', {
      aggregationMethod: 'ratio',
      denominatorEventName: `${key}-page_view`,
    }),
    metric('order_rate', `${key}-purchase`, 'CUSTOM', {
      aggregationMethod: 'ratio',
      denominatorEventName: `${key}-session`,
    }),
    metric('session_length', `${key}-session`, 'CUSTOM', {
      aggregationMethod: 'quantile',
      quantile: 0.9,
      quantileBy: 'unit',
    }),
    metric('best_session', `${key}-session`, 'CUSTOM', { aggregationMethod: 'max', role: 'secondary' }),
  ],
  analysis: { cuped: true, sequential: 'asymptotic-cs', plannedUnits: 600_000, correction: 'holm' },
});

/** An experiment, and how large it is. */
interface Stored {
  readonly key: string;
  readonly units: number;
  readonly events: number;
}

/**
 * Results of a large experiment over HTTP: the first request of a process, those when nothing came since, and those after one
 * more event; and of one with a tenth of the units and events, which shows what depends on how many there are.
 */
export async function benchResults(bench: StatsBench): Promise<Measured[]> {
  const { scale } = bench;
  const large = { key: 'bench-stats', units: UNITS * scale, events: EVENTS * scale };
  const small = { key: 'bench-small', units: large.units / 10, events: large.events / 10 };
  await store(bench, small);
  await store(bench, large);
  await bench.restart();
  const measured = [...(await measure(bench, large, true)), ...(await measure(bench, small, false))];
  // What comes after is about experiments that run: these are none any more.
  for (const { key } of [large, small]) {
    const end = { decision: 'inconclusive', reason: 'measured' };
    await bench.client().post(`/api/v1/experiments/${key}/complete`, end);
  }
  return measured;
}

async function store({ client, pool, say }: StatsBench, { key, units, events }: Stored): Promise<void> {
  await client().post('/api/v1/experiments', body(key));
  await client().post(`/api/v1/experiments/${key}/start`, {});
  const experiment = await storedExperiment(pool, key);
  say(`storing ${units} units and ${events} events`);
  const eventTypes = EVENT_TYPES.map((type) => `${key}-${type}`);
  await storeUnits(pool, experiment, units, 1);
  await storeEvents(pool, experiment, events, units, eventTypes);
  say('computing their cells and sums');
  const [, built] = await timed(() => client().get(`/api/v1/experiments/${key}/results`));
  await pool.query('VACUUM ANALYZE experimentation.unit_metrics');
  say(`built in ${seconds(built)}`);
}

/** @param isTarget whether the numbers that were asked for are of this experiment */
async function measure(bench: StatsBench, { key, units }: Stored, isTarget: boolean): Promise<Measured[]> {
  const results = `/api/v1/experiments/${key}/results`;
  const read = (path: string) => (): Promise<unknown> => bench.client().get(path);
  const [, first] = await timed(read(results));
  const again = await medianOf(20, read(results));
  const timestamp = '2026-10-20T12:00:00Z';
  const afterEvent = await medianOf(9, read(results), (run) => {
    const userId = `u-${(run * 7_919) % units}`;
    return sendOne(bench, { eventType: `${key}-purchase`, userId, timestamp, value: 12.5 * (run + 1) });
  });
  // One unit more moves the percentile that the capped metric is cut at.
  const afterUnit = await medianOf(9, read(results), () =>
    sendOne(bench, { eventType: '$exposure', userId: randomUUID(), timestamp, experiment: key, variant: 'control' }),
  );
  const series = await medianOf(5, read(`/api/v1/experiments/${key}/timeseries?metric=orders`));
  const what = `${units.toLocaleString('en')} units, 10 metrics, 3 arms`;
  const row = (name: string, value: string, target: string, ok: boolean): Measured =>
    isTarget ? { what: name, value, target, ok } : { what: name, value, target: '', ok: null };
  return [
    row(`results of ${what}: first request`, seconds(first), '<= 1 s', first <= 1_000),
    row('… nothing came since', `${again.toFixed(1)} ms`, '<= 50 ms', again <= 50),
    { what: '… one more event came before', value: `${afterEvent.toFixed(1)} ms`, target: '', ok: null },
    { what: '… one more unit came before', value: `${afterUnit.toFixed(1)} ms`, target: '', ok: null },
    { what: '… time series of a metric, nothing came since', value: `${series.toFixed(1)} ms`, target: '', ok: null },
  ];
}

interface Ledger {
  readonly stored: number;
  readonly pending: number;
}

async function sendOne({ client }: StatsBench, event: object): Promise<void> {
  const before = await client().get<Ledger>('/api/v1/ledger');
  await client().post('/api/v1/events', { events: [{ id: randomUUID(), ...event }] });
  for (;;) {
    const ledger = await client().get<Ledger>('/api/v1/ledger');
    if (ledger.pending === 0 && ledger.stored > before.stored) return;
    await sleep(5);
  }
}

/** @param prepare what comes before each run and is not measured */
async function medianOf(
  times: number,
  run: () => Promise<unknown>,
  prepare?: (run: number) => Promise<void>,
): Promise<number> {
  const took: number[] = [];
  for (let index = 0; index < times; index += 1) {
    await prepare?.(index);
    took.push((await timed(run))[1]);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
}
