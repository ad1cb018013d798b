import { until, patientFetch } from '@assay/testing';
import type { ExperimentResults, FlagEvaluations, Page, StoredEvent } from '@assay/contracts';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerFeatures } from '@openfeature/server-sdk';
import { OpenFeature as WebFeatures, type Provider } from '@openfeature/web-sdk';
import { get } from 'node:http';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';
import { WebEvents } from '../test/web-events.js';
import { withTracking } from '../test/with-tracking.js';

let folder: string;
let server: AssayServer;
let serverKey: string;
let clientKey: string;

beforeAll(async () => {
  Object.assign(globalThis, { EventSource: WebEvents });
  folder = testFolder();
  server = await AssayServer.start(folder);
  [serverKey, clientKey] = await Promise.all([apiKey('server'), apiKey('client')]);
});
afterAll(async () => {
  await Promise.all([WebFeatures.close(), ServerFeatures.close()]);
  await server.stop();
  removeFolder(folder);
});

async function send<T>(method: string, path: string, body: object): Promise<T> {
  const answer = await server.call<T>(`/api/v1${path}`, { method, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const apiKey = async (kind: string): Promise<string> =>
  (
    await send<{ key: string }>('POST', '/api-keys', {
      name: kind,
      kind,
      project: 'default',
      environment: 'production',
    })
  ).key;

const read = async <T>(path: string): Promise<T> => (await server.call<T>(`/api/v1${path}`)).body;

it('track() of the OpenFeature SDKs becomes an event that counts in the results of the experiment', async () => {
  const arm = (key: string, isControl: boolean) => ({ key, name: key, isControl, trafficAllocation: 50 });
  const metric = { name: 'spent', eventName: 'purchase', metricType: 'REVENUE', isPrimary: true };
  const bought = { name: 'bought', eventName: 'purchase', metricType: 'CONVERSION', isPrimary: false };
  const fields = { key: 'tracked', name: 'T', variants: [arm('a', true), arm('b', false)], metrics: [metric, bought] };
  const { id } = await send<{ id: string }>('POST', '/experiments', fields);
  await send('POST', `/experiments/${id}/start`, {});

  const to = { url: server.url, key: serverKey };
  const remote = new OFREPProvider({ baseUrl: server.url, headers: [['x-api-key', serverKey]] });
  await ServerFeatures.setProviderAndWait('tracking', withTracking(remote, to));
  const client = ServerFeatures.getClient('tracking');
  const arms = new Map<string, string>();
  for (let unit = 0; unit < 20; unit += 1) {
    const context = { targetingKey: `u${unit}` };
    const { variant = '' } = await client.getObjectDetails('tracked', {}, context);
    arms.set(context.targetingKey, variant);
    if (unit % 2 === 0) client.track('purchase', context, { value: 10 + unit, currency: 'NOK', items: [{ sku: 's' }] });
  }
  const buyers = [...arms].filter((_, unit) => unit % 2 === 0);

  const headers: [string, string][] = [['authorization', `Bearer ${clientKey}`]];
  const web = new OFREPWebProvider({ baseUrl: server.url, headers, cacheMode: 'disabled' });
  await WebFeatures.setContext('tracking', { targetingKey: 'device-7', userId: 'u1' });
  const browser = withTracking(web, { url: server.url, key: clientKey });
  await WebFeatures.setProviderAndWait('tracking', browser as unknown as Provider);
  WebFeatures.getClient('tracking').track('purchase', { value: 0.5 });
  // It would evaluate again whenever a flag changes.
  await WebFeatures.clearProviders();

  const results = () => read<ExperimentResults>('/experiments/tracked/results');
  await until(async () => (await read<Page<StoredEvent>>('/events?eventType=purchase&limit=100')).items.length === 11);
  const [event] = (await read<Page<StoredEvent>>('/events?userId=u4')).items.filter(
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
  await send('POST', '/flags', {
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
    const answer = await patientFetch(`${server.url}/ofrep/v1/evaluate/flags${path}`, {
      ...init,
      body: JSON.stringify({ context }),
    });
    return answer.json();
  };
  for (let unit = 0; unit < 90; unit += 1) {
    const context = { targetingKey: `c${unit}`, plan: unit % 5 === 0 ? 'pro' : 'free' };
    note(((await ask('/counted', serverKey, context)) as { variant?: string }).variant);
  }
  for (let unit = 0; unit < 10; unit += 1) {
    const { flags } = (await ask('', clientKey, { targetingKey: `c${unit}` })) as {
      flags: { key: string; variant?: string }[];
    };
    note(flags.find(({ key }) => key === 'counted')?.variant);
  }
  expect(Object.keys(served).sort()).toEqual(['blue', 'grey', 'red']);
  const evaluations = () => read<FlagEvaluations>('/flags/counted/evaluations');
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
  const headers = { authorization: `Bearer ${clientKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ context: { targetingKey: 'u1' } });
  const answer = await patientFetch(`${server.url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers, body });
  const { eventStreams } = (await answer.json()) as { eventStreams: { endpoint: { requestUri: string } }[] };
  const origin = 'https://shop.example';
  const opened = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const asked = get(`${server.url}${eventStreams[0]?.endpoint.requestUri}`, { headers: { origin } }, (stream) => {
      resolve({ status: stream.statusCode, ...stream.headers });
      asked.destroy();
    });
    asked.on('error', reject);
  });
  expect(opened).toMatchObject({ status: 200, 'access-control-allow-origin': '*' });
  expect(opened['content-type']).toContain('text/event-stream');
});
