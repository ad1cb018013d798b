// After the storm: is everything there, once, and do the results say what the stored rows say?
import { setTimeout as sleep } from 'node:timers/promises';
import { batchQuery } from './batch-query.mjs';
import { CLIENT_SIDE, SERVER_SIDE } from './experiments.mjs';

const SETTLE_MS = 120_000;
const CONVERGE_MS = 40_000;
const TOLERANCE = 1e-9;

/** @typedef {{what: string, found: string, ok: boolean}} Finding */

/**
 * @param {object} run
 * @param {import('./client.mjs').Client} run.client
 * @param {import('pg').Client} run.sql
 * @param {import('./traffic.mjs').Traffic} run.traffic
 * @param {import('./experiments.mjs').Changes} run.changes
 * @param {Awaited<ReturnType<typeof settle>>} run.settled
 * @returns {Promise<Finding[]>}
 */
export async function check({ client, sql, traffic, changes, settled }) {
  return [
    settled.finding,
    await storedOnce(sql, traffic),
    await balanced(sql, settled.ledger, traffic),
    refusals(traffic),
    await oneVariant(sql, traffic),
    ...(await settledResults(client, sql)),
    await converged(client, changes),
  ];
}

/** Waits until everything that was accepted is applied. */
export async function settle(client) {
  const began = Date.now();
  for (;;) {
    const ledger = await client.need('GET', '/api/v1/ledger');
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    const isSettled = ledger.pending === 0;
    if (isSettled || Date.now() - began > SETTLE_MS) {
      return {
        ledger,
        finding: { what: 'all events applied', found: `${ledger.pending} pending after ${seconds} s`, ok: isSettled },
      };
    }
    await sleep(250);
  }
}

async function storedOnce(sql, { acknowledged }) {
  const { rows } = await sql.query(
    'SELECT event_id, count(*)::int AS times FROM experimentation.events GROUP BY event_id',
  );
  const times = new Map(rows.map((row) => [row.event_id, row.times]));
  const missing = [...acknowledged].filter((id) => !times.has(id)).length;
  const twice = [...times.values()].filter((count) => count > 1).length;
  const found = `${acknowledged.size.toLocaleString('en')} acknowledged, ${missing} missing, ${twice} stored twice`;
  return { what: 'every acknowledged event stored once', found, ok: missing === 0 && twice === 0 };
}

async function balanced(sql, ledger, { sent }) {
  const { rows } = await sql.query('SELECT count(*)::int AS stored FROM experimentation.events');
  const { received, stored, duplicate, rejected, deadLettered, pending } = ledger;
  const isBalanced = received === stored + duplicate + rejected + deadLettered + pending;
  // What was sent without an answer came in as well, so there may be more than was acknowledged, never less.
  const ok = isBalanced && stored === rows[0].stored && received >= sent && deadLettered === 0;
  const found = `received ${received} = stored ${stored} + duplicate ${duplicate} + rejected ${rejected} + dead ${deadLettered}`;
  return { what: 'ledger balanced', found, ok };
}

function refusals({ rejected }) {
  const first = rejected[0] === undefined ? '' : ` (${rejected[0].code}: ${rejected[0].message})`;
  return { what: 'no good event refused', found: `${rejected.length}${first}`, ok: rejected.length === 0 };
}

async function oneVariant(sql, { assigned, changed }) {
  const { rows } = await sql.query(
    `SELECT count(*)::int AS units FROM (SELECT FROM experimentation.assignments
       GROUP BY experiment_id, user_id HAVING count(DISTINCT variant_id) > 1) doubled`,
  );
  const found = `${assigned} answers, ${changed} changed their mind, ${rows[0].units} units stored with two`;
  return { what: 'no unit with two variants', found, ok: changed === 0 && rows[0].units === 0 };
}

/** Waits until the results are what the batch query says: a change of the metrics may still be on its way. */
export async function untilEqual(client, sql) {
  const findings = await settledResults(client, sql);
  if (findings.some(({ ok }) => !ok)) {
    throw new Error(
      `the results did not equal the batch query ${CONVERGE_MS / 1_000} s after the last event was applied`,
    );
  }
}

/**
 * The ledger counts events alone: assignments made on the server, and amendments, come by consumers of their own, which a process
 * that was killed a moment ago may not have taken up yet. What is wrong stays wrong for as long as is waited.
 */
async function settledResults(client, sql) {
  for (const deadline = Date.now() + CONVERGE_MS; ; await sleep(250)) {
    const findings = await resultFindings(client, sql);
    if (findings.every(({ ok }) => ok) || Date.now() > deadline) return findings;
  }
}

const resultFindings = (client, sql) =>
  Promise.all([CLIENT_SIDE, SERVER_SIDE].map((key) => equalsBatch(client, sql, key)));

async function equalsBatch(client, sql, key) {
  const expected = await batchQuery(sql, key);
  const results = await client.need('GET', `/api/v1/experiments/${key}/results`);
  const got = new Map(
    results.metrics.flatMap(({ name, variants }) =>
      variants.map(({ variantKey, n, sum }) => [`${name}/${variantKey}`, { n, sum: sum ?? 0 }]),
    ),
  );
  const wrong = [...expected].filter(([name, want]) => !isSame(got.get(name), want));
  const units = [...expected.values()][0]?.n ?? 0;
  const detail = wrong.map(
    ([name, want]) => `${name}: ${JSON.stringify(got.get(name))} instead of ${JSON.stringify(want)}`,
  );
  const found = wrong.length === 0 ? `${expected.size} sums of ${units}+ units equal` : detail.join('; ');
  return {
    what: `results of ${key} equal the batch query`,
    found,
    ok: wrong.length === 0 && expected.size > 0 && got.size === expected.size,
  };
}

function isSame(got, want) {
  if (got?.n !== want.n) return false;
  return Math.abs(got.sum - want.sum) <= TOLERANCE * Math.max(1, Math.abs(want.sum));
}

async function converged(client, { expected, made }) {
  const began = Date.now();
  for (;;) {
    const wrong = [];
    for (const [key, isOn] of expected) {
      const answer = await client.need('POST', `/ofrep/v1/evaluate/flags/${key}`, {
        context: { targetingKey: 'somebody' },
      });
      if (answer.value !== isOn) wrong.push(key);
    }
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    if (wrong.length === 0 || Date.now() - began > CONVERGE_MS) {
      const found = `${made} changes, ${wrong.length} of ${expected.size} flags out of date after ${seconds} s`;
      return { what: 'definitions converged', found, ok: wrong.length === 0 };
    }
    await sleep(500);
  }
}
