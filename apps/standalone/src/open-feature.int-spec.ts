import { until } from '@assay/testing';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerFeatures } from '@openfeature/server-sdk';
import { ClientProviderEvents, OpenFeature as WebFeatures, type Client, type Provider } from '@openfeature/web-sdk';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';
import { WebEvents } from '../test/web-events.js';

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

async function apiKey(kind: 'server' | 'client', of = server): Promise<string> {
  const body = JSON.stringify({ name: kind, kind, project: 'default', environment: 'production' });
  return (await of.call<{ key: string }>('/api/v1/api-keys', { method: 'POST', body })).body.key;
}

async function send<T>(method: string, path: string, body: object): Promise<T> {
  const answer = await server.call<T>(`/api/v1${path}`, { method, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const flag = (key: string, fields: object) =>
  send<{ version: number }>('POST', '/flags', {
    key,
    name: key,
    status: 'ACTIVE',
    rolloutPercentage: 100,
    clientSide: true,
    ...fields,
  });

const variants = (a: unknown, b: unknown) => [
  { key: 'a', value: a, weight: 50 },
  { key: 'b', value: b, weight: 50 },
];

async function webClient(domain: string, targetingKey: string): Promise<Client> {
  await WebFeatures.setContext(domain, { targetingKey });
  const headers: [string, string][] = [['authorization', `Bearer ${clientKey}`]];
  const provider = new OFREPWebProvider({ baseUrl: server.url, headers, cacheMode: 'disabled' });
  await WebFeatures.setProviderAndWait(domain, provider as unknown as Provider);
  return WebFeatures.getClient(domain);
}

function serverClient(domain: string, key = serverKey, baseUrl = server.url) {
  ServerFeatures.setProvider(domain, new OFREPProvider({ baseUrl, headers: [['x-api-key', key]] }));
  return ServerFeatures.getClient(domain);
}

describe('@openfeature/server-sdk with @openfeature/ofrep-provider', () => {
  it('gets flags of every type with their reason, variant and metadata', async () => {
    const client = serverClient('types');
    const context = { targetingKey: 'u1' };
    await flag('of-boolean', {});
    await flag('of-string', { type: 'string', variants: [{ key: 'v', value: 'hi', weight: 100 }] });
    await flag('of-number', { type: 'number', variants: [{ key: 'v', value: 12.5, weight: 100 }] });
    const { version } = await flag('of-json', {
      type: 'json',
      variants: [{ key: 'v', value: { a: [1] }, weight: 100 }],
    });
    expect(await client.getBooleanDetails('of-boolean', false, context)).toMatchObject({ value: true, variant: 'on' });
    expect(await client.getStringDetails('of-string', '', context)).toMatchObject({ value: 'hi', variant: 'v' });
    expect(await client.getNumberDetails('of-number', 0, context)).toMatchObject({ value: 12.5, reason: 'STATIC' });
    expect(await client.getObjectDetails('of-json', {}, context)).toMatchObject({
      value: { a: [1] },
      flagMetadata: { flagSetId: 'default/production', version },
    });
  });

  it('gets a split with its experiment and arm, the same for the same unit', async () => {
    const client = serverClient('split');
    const { version } = await flag('of-split', { type: 'string', variants: variants('red', 'blue') });
    const seen = new Set<string>();
    for (let unit = 0; unit < 30; unit += 1) {
      const details = await client.getStringDetails('of-split', '', { targetingKey: `u${unit}` });
      expect(details).toMatchObject({
        reason: 'SPLIT',
        flagMetadata: { experiment: 'of-split', variant: details.variant, definitionVersion: version },
      });
      seen.add(details.value);
    }
    expect(seen).toEqual(new Set(['red', 'blue']));
  });

  it('gets the variant of a running experiment, its key and version', async () => {
    const client = serverClient('experiment');
    const arm = (key: string, isControl: boolean) => ({
      key,
      name: key,
      isControl,
      trafficAllocation: 50,
      configuration: { key },
    });
    const made = await send<{ id: string; version: number }>('POST', '/experiments', {
      key: 'of-experiment',
      name: 'E',
      variants: [arm('control', true), arm('treatment', false)],
      metrics: [{ name: 'm', eventName: 'e', metricType: 'CONVERSION', isPrimary: true }],
    });
    const started = await send<{ version: number }>('POST', `/experiments/${made.id}/start`, {});
    const details = await client.getObjectDetails('of-experiment', {}, { targetingKey: 'u1' });
    expect(details).toMatchObject({
      value: { key: details.variant },
      reason: 'SPLIT',
      flagMetadata: { experiment: 'of-experiment', variant: details.variant, definitionVersion: started.version },
    });
  });

  it('leaves it to the code when a flag is off, has another type, does not exist or the context is no context', async () => {
    const client = serverClient('defaults');
    const context = { targetingKey: 'u1' };
    await flag('of-off', { status: 'INACTIVE' });
    // This provider is older than answers without a value, and takes one for a failure; the default is what counts.
    expect(await client.getBooleanDetails('of-off', true, context)).toMatchObject({ value: true, reason: 'ERROR' });
    expect(await client.getStringDetails('of-boolean', 'x', context)).toMatchObject({
      value: 'x',
      errorCode: 'TYPE_MISMATCH',
    });
    expect(await client.getBooleanDetails('of-none', true, context)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getBooleanDetails('of-boolean', false, {})).toMatchObject({
      value: false,
      errorCode: 'TARGETING_KEY_MISSING',
    });
    const huge = { targetingKey: 'u', text: 'x'.repeat(66_000) };
    expect(await client.getBooleanDetails('of-boolean', false, huge)).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
  });

  it('gets the default with an error for a key that is not good', async () => {
    const client = serverClient('bad-key', serverKey.replace(/.{4}$/, '0000'));
    const details = await client.getBooleanDetails('of-boolean', true, { targetingKey: 'u1' });
    expect(details).toMatchObject({ value: true, reason: 'ERROR' });
  });

  it('hears of too many requests, and goes on when it may again', async () => {
    const limitedFolder = testFolder();
    const limited = await AssayServer.start(limitedFolder, { ASSAY_REQUESTS_PER_MINUTE_PER_KEY: '5' });
    try {
      const key = await apiKey('server', limited);
      const url = `${limited.url}/ofrep/v1/evaluate/flags/none`;
      const ask = () =>
        fetch(url, {
          method: 'POST',
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
          body: '{"context":{"targetingKey":"u"}}',
        });
      const statuses = [];
      for (let request = 0; request < 6; request += 1) statuses.push((await ask()).status);
      expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
      expect(Number((await ask()).headers.get('retry-after'))).toBeGreaterThan(0);
      const client = serverClient('limited', key, limited.url);
      const details = await client.getBooleanDetails('none', true, { targetingKey: 'u' });
      expect(details).toMatchObject({ value: true, reason: 'ERROR' });
    } finally {
      await limited.stop();
      removeFolder(limitedFolder);
    }
  });
});

describe('@openfeature/web-sdk with @openfeature/ofrep-web-provider', () => {
  it('gets flags at once, and their changes as they are made', async () => {
    await flag('web-live', {});
    const client = await webClient('live', 'u1');
    expect(client.getBooleanValue('web-live', false)).toBe(true);
    const changed: string[][] = [];
    client.addHandler(ClientProviderEvents.ConfigurationChanged, (details) =>
      changed.push(details?.flagsChanged ?? []),
    );
    await sleep(300);
    await send('PATCH', '/flags/web-live', { status: 'INACTIVE' });
    // Told by the stream: by itself the provider would ask again only after half a minute.
    await until(() => client.getBooleanDetails('web-live', true).reason === 'DISABLED');
    expect(client.getBooleanValue('web-live', true)).toBe(true);
    expect(changed.flat()).toContain('web-live');
  });

  it('gets another answer for another context', async () => {
    const rule = { when: { attr: 'userId', op: 'in', values: ['vip'] }, serve: { variant: 'on' } };
    await flag('web-context', { rolloutPercentage: 0, targetingRules: [rule] });
    const client = await webClient('context', 'u1');
    expect(client.getBooleanValue('web-context', true)).toBe(false);
    await WebFeatures.setContext('context', { targetingKey: 'vip' });
    expect(client.getBooleanDetails('web-context', false)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    await WebFeatures.setContext('context', { targetingKey: 'vip', userId: 'u1' });
    expect(client.getBooleanValue('web-context', true)).toBe(false);
  });

  it('does not see what is not for clients', async () => {
    await flag('web-hidden', { clientSide: false });
    const client = await webClient('hidden', 'u1');
    expect(client.getBooleanDetails('web-hidden', false)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('keeps its flags while the server is killed, and hears of changes again after its restart', async () => {
    await flag('web-restart', {});
    const web = await webClient('restart', 'u1');
    const remote = serverClient('restart');
    await sleep(300);
    const { port } = new URL(server.url);
    await server.kill();
    expect(web.getBooleanValue('web-restart', false)).toBe(true);
    expect(await remote.getBooleanDetails('web-restart', false, { targetingKey: 'u1' })).toMatchObject({
      value: false,
      reason: 'ERROR',
    });
    server = await AssayServer.start(folder, { PORT: port });
    expect(await remote.getBooleanValue('web-restart', false, { targetingKey: 'u1' })).toBe(true);
    await send('PATCH', '/flags/web-restart', { status: 'INACTIVE' });
    await until(() => web.getBooleanDetails('web-restart', true).reason === 'DISABLED');
  });
});

it('evaluates from memory while PostgreSQL is away, without one failure, and hears of changes when it is back', async () => {
  await flag('outage', {});
  const web = await webClient('outage', 'u1');
  const context = { targetingKey: 'u1' };
  const remote = serverClient('outage');
  await remote.getBooleanValue('outage', false, context);
  const postmaster = () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const reasons: (string | undefined)[] = [];
  let unready = 0;
  for (let round = 0; round < 3; round += 1) {
    process.kill(postmaster(), 'SIGKILL');
    for (const end = Date.now() + 1_500; Date.now() < end;) {
      reasons.push((await remote.getBooleanDetails('outage', false, context)).reason);
      if ((await server.call('/health/ready')).status !== 200) unready += 1;
    }
    await until(async () => (await server.call('/health/ready')).status === 200);
  }
  expect(unready).toBeGreaterThan(0);
  expect(new Set(reasons)).toEqual(new Set(['STATIC']));
  await send('PATCH', '/flags/outage', { status: 'INACTIVE' });
  await until(() => web.getBooleanDetails('outage', true).reason === 'DISABLED');
});
