import { until } from '@assay/testing';
import { AssayServer, removeFolder, testFolder } from '../../apps/standalone/test/assay-process.js';
import { alertRules, dashboardExpressions, demandsIn, groupingsIn } from './observability.js';

/** Names of our metrics that a running server does not have: Prometheus' own, and the gateway's, whose tests ask for it. */
const ELSEWHERE = ['up', 'gateway_circuit_open'];

describe('a running server', () => {
  const folder = testFolder();
  let server: AssayServer;
  let scraped: string;

  beforeAll(async () => {
    server = await AssayServer.start(folder);
    const body = JSON.stringify({ events: [{ id: 'e1', eventType: 'purchase', userId: 'u1' }] });
    expect((await server.call('/api/v1/events', { method: 'POST', body })).status).toBe(202);
    await until(async () => (await server.call<{ pending: number }>('/api/v1/ledger')).body.pending === 0);
    scraped = await (await fetch(`${server.url}/metrics`)).text();
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(folder);
  });

  const expressions = [...alertRules().map(({ expr }) => expr), ...dashboardExpressions()];
  const labelsOf = (metric: string): string =>
    [...scraped.matchAll(new RegExp(`^${metric}(?:_bucket|_count|_sum)?\\{(.*)\\} `, 'gm'))]
      .map(([, text]) => text)
      .join(',');

  it('exposes every metric that the alerts and the dashboard ask for', () => {
    const families = new Set([...scraped.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    const demanded = new Set(expressions.flatMap(demandsIn).map(({ metric }) => metric));
    expect([...demanded].filter((metric) => !families.has(metric)).sort()).toEqual([...ELSEWHERE].sort());
  });

  it('labels them as the expressions choose and sum them', () => {
    for (const expression of expressions) {
      // Nothing has died here, so that this counter has no series yet.
      const demands = demandsIn(expression).filter(
        ({ metric }) => !ELSEWHERE.includes(metric) && metric !== 'assay_dead_letters_total',
      );
      for (const { metric, labels } of demands)
        for (const label of labels)
          expect([metric, labelsOf(metric)]).toEqual([metric, expect.stringContaining(`${label}="`)]);
      if (demands.length === 0) continue;
      const all = demands.map(({ metric }) => labelsOf(metric)).join(',');
      for (const label of groupingsIn(expression))
        expect([expression, all]).toEqual([expression, expect.stringContaining(`${label}="`)]);
    }
  });
});
