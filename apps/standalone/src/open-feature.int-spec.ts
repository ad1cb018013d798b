import { until } from '@assay/testing';
import { ClientProviderEvents, OpenFeature as WebFeatures, type Client } from '@openfeature/web-sdk';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayServer } from '../test/assay-process.js';
import { OpenFeatureSdks, type RemoteClient } from '../test/open-feature-sdks.js';
import { ownServer } from '../test/own-server.js';
import { halves, startTwoHalves } from '../test/two-halves.js';

// First: they would go on asking a server that has ended.
afterAll(() => OpenFeatureSdks.close());
const own = ownServer();
const sdks = new OpenFeatureSdks(own);

const flag = (key: string, fields: object) =>
  own.server.send<{ version: number }>('POST', '/flags', {
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

const webClient = (domain: string, targetingKey: string): Promise<Client> =>
  sdks.webClient(domain, own.server.url, targetingKey);

const serverClient = (domain: string, key?: string): RemoteClient => sdks.serverClient(domain, own.server.url, key);

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
    const arms = halves('control', 'treatment').map((arm) => ({ ...arm, configuration: { key: arm.key } }));
    const started = await startTwoHalves(own.server, 'of-experiment', { variants: arms });
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
    const client = serverClient('bad-key', own.serverKey.replace(/.{4}$/, '0000'));
    const details = await client.getBooleanDetails('of-boolean', true, { targetingKey: 'u1' });
    expect(details).toMatchObject({ value: true, reason: 'ERROR' });
  });

  it('hears of too many requests, and goes on when it may again', async () => {
    const limited = await AssayServer.start(undefined, { ASSAY_REQUESTS_PER_MINUTE_PER_KEY: '5' });
    try {
      const key = await limited.apiKey('server');
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
      const client = sdks.serverClient('limited', limited.url, key);
      const details = await client.getBooleanDetails('none', true, { targetingKey: 'u' });
      expect(details).toMatchObject({ value: true, reason: 'ERROR' });
    } finally {
      await limited.remove();
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
    await own.server.send('PATCH', '/flags/web-live', { status: 'INACTIVE' });
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
    const { port } = new URL(own.server.url);
    await own.server.kill();
    expect(web.getBooleanValue('web-restart', false)).toBe(true);
    expect(await remote.getBooleanDetails('web-restart', false, { targetingKey: 'u1' })).toMatchObject({
      value: false,
      reason: 'ERROR',
    });
    own.server = await AssayServer.start(own.server.dataDir, { PORT: port });
    expect(await remote.getBooleanValue('web-restart', false, { targetingKey: 'u1' })).toBe(true);
    await own.server.send('PATCH', '/flags/web-restart', { status: 'INACTIVE' });
    await until(() => web.getBooleanDetails('web-restart', true).reason === 'DISABLED');
  });
});

it('evaluates from memory while PostgreSQL is away, without one failure, and hears of changes when it is back', async () => {
  await flag('outage', {});
  const web = await webClient('outage', 'u1');
  const context = { targetingKey: 'u1' };
  const remote = serverClient('outage');
  await remote.getBooleanValue('outage', false, context);
  const postmaster = () =>
    Number(readFileSync(join(own.server.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const reasons: (string | undefined)[] = [];
  let unready = 0;
  for (let round = 0; round < 3; round += 1) {
    process.kill(postmaster(), 'SIGKILL');
    for (const end = Date.now() + 1_500; Date.now() < end;) {
      reasons.push((await remote.getBooleanDetails('outage', false, context)).reason);
      if ((await own.server.call('/health/ready')).status !== 200) unready += 1;
    }
    await until(async () => (await own.server.call('/health/ready')).status === 200);
  }
  expect(unready).toBeGreaterThan(0);
  expect(new Set(reasons)).toEqual(new Set(['STATIC']));
  await own.server.send('PATCH', '/flags/outage', { status: 'INACTIVE' });
  await until(() => web.getBooleanDetails('outage', true).reason === 'DISABLED');
});
