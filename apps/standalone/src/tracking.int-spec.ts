import { until, patientFetch } from '@assay/testing';
import type { ExperimentResults, FlagEvaluations, Page, StoredEvent } from '@assay/contracts';
import { OpenFeature as ServerFeatures } from '@openfeature/server-sdk';
import { OpenFeature as WebFeatures } from '@openfeature/web-sdk';
import { get } from 'node:http';
import { OpenFeatureSdks } from '../test/open-feature-sdks.js';
import { ownServer } from '../test/own-server.js';
import { halves, startTwoHalves } from '../test/two-halves.js';
import { withTracking } from '../test/with-tracking.js';

// First: they would go on asking a server that has ended.
afterAll(() => OpenFeatureSdks.close());
const own = ownServer();
const sdks = new OpenFeatureSdks(own);

it('track() of the OpenFeature SDKs becomes an event that counts in the results of the experiment', async () => {
  const metric = { name: 'spent', eventName: 'purchase', metricType: 'REVENUE', isPrimary: true };
  const bought = { name: 'bought', eventName: 'purchase', metricType: 'CONVERSION', isPrimary: false };
  await startTwoHalves(own.server, 'tracked', { variants: halves('a', 'b'), metrics: [metric, bought] });

  const program = withTracking(sdks.serverProvider(own.server.url), { url: own.server.url, key: own.serverKey });
  await ServerFeatures.setProviderAndWait('tracking', program);
  const client = ServerFeatures.getClient('tracking');
  const arms = new Map<string, string>();
  for (let unit = 0; unit < 20; unit += 1) {
    const context = { targetingKey: `u${unit}` };
    const { variant = '' } = await client.getObjectDetails('tracked', {}, context);
    arms.set(context.targetingKey, variant);
    if (unit % 2 === 0) client.track('purchase', context, { value: 10 + unit, currency: 'NOK', items: [{ sku: 's' }] });
  }
  const buyers = [...arms].filter((_, unit) => unit % 2 === 0);

  await WebFeatures.setContext('tracking', { targetingKey: 'device-7', userId: 'u1' });
  const browser = withTracking(sdks.webProvider(own.server.url), { url: own.server.url, key: own.clientKey });
  await WebFeatures.setProviderAndWait('tracking', browser);
  WebFeatures.getClient('tracking').track('purchase', { value: 0.5 });
  // It would evaluate again whenever a flag changes.
  await WebFeatures.clearProviders();

  const results = () => own.server.read<ExperimentResults>('/experiments/tracked/results');
  await until(
    async () => (await own.server.read<Page<StoredEvent>>('/events?eventType=purchase&limit=100')).items.length === 11,
  );
  const [event] = (await own.server.read<Page<StoredEvent>>('/events?userId=u4')).items.filter(
    ({ eventType }) => eventType === 'purchase',
  );
  expect(event).toMatchObject({ userId: 'u4', value: 14, metadata: { currency: 'NOK', items: [{ sku: 's' }] } });
  await until(async () => {
    const { metrics } = await results();
    const total = metrics[0]?.variants.reduce((sum, variant) => sum + (variant.sum ?? 0), 0);
    return total === 10 * 10 + 90 + 0.5;
  });
  const { metrics, units } = await results();
  expect(Object.values(units).reduce((sum, count) => sum + count, 0)).toBe(20);
  const conversions = metrics
    .find(({ name }) => name === 'bought')
    ?.variants.map(({ variantKey, sum }) => [variantKey, sum]);
  const expected = ['a', 'b'].map((key) => {
    const inArm = buyers.filter(([, variant]) => variant === key).length;
    return [key, inArm + (arms.get('u1') === key ? 1 : 0)];
  });
  expect(conversions).toEqual(expected);
});

it('what remote evaluation serves is counted by variant, and the flag tells', async () => {
  const rule = { when: { attr: 'plan', op: 'in', values: ['pro'] }, serve: { variant: 'blue' } };
  await own.server.send('POST', '/flags', {
    key: 'counted',
    name: 'Counted',
    type: 'string',
    status: 'ACTIVE',
    clientSide: true,
    rolloutPercentage: 60,
    offVariant: 'grey',
    targetingRules: [rule],
    variants: [
      { key: 'grey', value: 'G', weight: 0 },
      { key: 'blue', value: 'B', weight: 50 },
      { key: 'red', value: 'R', weight: 50 },
    ],
  });
  const served: Record<string, number> = {};
  const note = (variant: string | undefined): void => void (served[variant ?? ''] = (served[variant ?? ''] ?? 0) + 1);
  const ask = async (path: string, key: string, context: object): Promise<unknown> => {
    const init = { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' } };
    const answer = await patientFetch(`${own.server.url}/ofrep/v1/evaluate/flags${path}`, {
      ...init,
      body: JSON.stringify({ context }),
    });
    return answer.json();
  };
  for (let unit = 0; unit < 90; unit += 1) {
    const context = { targetingKey: `c${unit}`, plan: unit % 5 === 0 ? 'pro' : 'free' };
    note(((await ask('/counted', own.serverKey, context)) as { variant?: string }).variant);
  }
  for (let unit = 0; unit < 10; unit += 1) {
    const { flags } = (await ask('', own.clientKey, { targetingKey: `c${unit}` })) as {
      flags: { key: string; variant?: string }[];
    };
    note(flags.find(({ key }) => key === 'counted')?.variant);
  }
  expect(Object.keys(served).sort()).toEqual(['blue', 'grey', 'red']);
  const evaluations = () => own.server.read<FlagEvaluations>('/flags/counted/evaluations');
  await until(async () => (await evaluations()).total >= 100);
  const { total, counts, lastEvaluatedAt } = await evaluations();
  expect(total).toBe(100);
  const told: Record<string, number> = {};
  for (const { variant, count } of counts) told[variant ?? ''] = (told[variant ?? ''] ?? 0) + count;
  expect(told).toEqual(served);
  expect(counts.every(({ environment }) => environment === 'production')).toBe(true);
  expect(Date.now() - Date.parse(lastEvaluatedAt ?? '')).toBeLessThan(60_000);
});

it('a page of another origin may open the stream that a bulk answer names', async () => {
  const headers = { authorization: `Bearer ${own.clientKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ context: { targetingKey: 'u1' } });
  const answer = await patientFetch(`${own.server.url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers, body });
  const { eventStreams } = (await answer.json()) as { eventStreams: { endpoint: { requestUri: string } }[] };
  const origin = 'https://shop.example';
  const opened = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const asked = get(`${own.server.url}${eventStreams[0]?.endpoint.requestUri}`, { headers: { origin } }, (stream) => {
      resolve({ status: stream.statusCode, ...stream.headers });
      asked.destroy();
    });
    asked.on('error', reject);
  });
  expect(opened).toMatchObject({ status: 200, 'access-control-allow-origin': '*' });
  expect(opened['content-type']).toContain('text/event-stream');
});
