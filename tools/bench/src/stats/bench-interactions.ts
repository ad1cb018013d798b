import { seconds, timed, type Measured } from '../report.js';
import type { StatsBench } from './bench-stats.js';
import { storedExperiment, storeEvents, storeUnits, type StoredExperiment } from './stored-units.js';

const EXPERIMENTS = 50;
const UNITS = 10_000;
const EVENTS_PER_UNIT = 10;
const EVENT_TYPES = ['read', 'like', 'share', 'comment', 'follow'];

/** Fifty running experiments that share all their units, five metrics each: every pair in one scan. */
export async function benchInteractions(bench: StatsBench): Promise<Measured[]> {
  const { pool, scale, say, client } = bench;
  const units = UNITS * scale;
  say(`storing ${EXPERIMENTS} experiments of the same ${units} units`);
  const keys = Array.from({ length: EXPERIMENTS }, (_, index) => `overlap-${index}`);
  let last: StoredExperiment | undefined;
  for (const [index, key] of keys.entries()) {
    await client().post('/api/v1/experiments', body(key));
    await client().post(`/api/v1/experiments/${key}/start`, {});
    last = await storedExperiment(pool, key);
    await storeUnits(pool, last, units, index);
  }
  if (last !== undefined) await storeEvents(pool, last, units * EVENTS_PER_UNIT, units, EVENT_TYPES);
  say('computing their cells and sums');
  for (const key of keys) await client().get(`/api/v1/experiments/${key}/results`);
  await pool.query('VACUUM ANALYZE experimentation.unit_metrics');
  await bench.restart();
  const [first, took] = await timed(() => client().get<{ pairs: number; tests: number }>('/api/v1/interactions'));
  const [, again] = await timed(() => client().get('/api/v1/interactions'));
  const what = `interactions of ${EXPERIMENTS} experiments × 5 metrics, ${units.toLocaleString('en')} shared units`;
  return [
    {
      what: `${what} (${first.pairs} pairs, ${first.tests} tests)`,
      value: seconds(took),
      target: '<= 2 s',
      ok: took <= 2_000,
    },
    { what: '… nothing came since', value: `${again.toFixed(1)} ms`, target: '', ok: null },
  ];
}

const body = (key: string): object => ({
  key,
  name: key,
  variants: [
    { key: 'control', isControl: true, trafficAllocation: 50 },
    { key: 'treatment', isControl: false, trafficAllocation: 50 },
  ],
  metrics: EVENT_TYPES.map((eventName, index) => ({
    name: eventName,
    eventName,
    metricType: index === 0 ? 'CONVERSION' : index === 1 ? 'REVENUE' : 'COUNT',
    isPrimary: index === 0,
  })),
});
