import { Directory } from '@assay/auth';
import { HotLane } from '@assay/platform';
import { ApiKey, Project, type EntityManager } from '@assay/models';
import { aFlag, anExperiment, patientFetch } from '@assay/testing';
import { jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { AssignmentProcess } from '../testing/assignment-process.js';

const PATH = '/ofrep/v1/evaluate/flags';
const GOOD = '{"context":{"targetingKey":"u1","country":"NO"}}';

let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
let clientKey: string;
let revokedKey: string;
/** Whether the lane took what was asked, call by call. */
let taken: boolean[];

beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
  clientKey = await node.key(scene.project, 'client');
  revokedKey = await node.key(scene.project, 'server');
  await flag('on', { default: { variant: 'on' } }, true);
  await flag('hidden', { default: { variant: 'on' } });
  await flag('off', { on: false });
  await flag('targeted', {
    rules: [{ id: 'no', when: { attr: 'country', op: 'in', values: ['NO'] }, serve: { variant: 'on' } }],
  });
  await flag('half', {
    rules: [
      { id: 'half', when: { bucket: { salt: 's', unit: ['userId'], in: [[0, 0.5]] } }, serve: { variant: 'on' } },
    ],
  });
  await flag('broken', { default: { variant: 'nowhere' } });
  await node.experiment(async (em) => anExperiment(em, { project: await projectIn(em), status: 'ACTIVE', key: 'exp' }));
  const lane = node.app.get(HotLane);
  // A key that is asked for the first time is read from the database, on the ordinary way.
  for (const key of [scene.key, clientKey]) await ask({ key });
  const take = lane.take.bind(lane);
  jest.spyOn(lane, 'take').mockImplementation((...call) => {
    const result = take(...call);
    taken.push(result);
    return result;
  });
});
beforeEach(() => {
  taken = [];
});
afterAll(async () => {
  jest.restoreAllMocks();
  await node.stop();
});

const projectIn = (em: EntityManager): Promise<Project> =>
  em.findOneOrFail(Project, scene.project.id, { populate: ['environments'] });

async function flag(key: string, document: object, clientSide = false): Promise<void> {
  const whole = { key, type: 'boolean', on: true, variants: { on: true, off: false }, off: null, rules: [] };
  await node.flag(async (em) => {
    const row = aFlag(em, { project: await projectIn(em), key });
    return em.assign(row, { definition: { ...whole, ...document }, clientSide });
  });
}

interface Asked {
  readonly path?: string;
  readonly key?: string | null;
  readonly body?: string | Uint8Array<ArrayBuffer> | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** Everything of an answer but what differs from call to call. */
async function ask({ path = '/on', key = scene.key, body = GOOD, headers = {}, method = 'POST' }: Asked, more = {}) {
  const answer = await patientFetch(`${node.url}${PATH}${path}`, {
    method,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'test',
      ...(key === null ? {} : { 'x-api-key': key }),
      ...headers,
      ...more,
    },
  });
  const text = (await answer.text()).replaceAll(/"traceId":"[\da-f]{32}"/g, '"traceId":""');
  const { date: _date, 'x-trace-id': traceId, ...rest } = Object.fromEntries(answer.headers);
  expect(traceId).toMatch(/^[\da-f]{32}$/);
  return { status: answer.status, headers: rest, text };
}

/** Asks twice: as a client does, and with `If-Match: *`, which changes nothing but that the lane does not take it. */
async function both(asked: Asked) {
  const first = await ask(asked);
  const second = await ask(asked, { 'if-match': '*' });
  expect(taken).toHaveLength(2);
  expect(taken[1]).toBe(false);
  expect(first).toEqual(second);
  return { ...first, onLane: taken[0] };
}

const context = (fields: object): string => JSON.stringify({ context: fields });

describe('answers on the lane are those of the ordinary way', () => {
  it.each<[string, Asked, number]>([
    ['a flag without rules', {}, 200],
    ['a flag whose rule matches', { path: '/targeted' }, 200],
    ['a flag whose rule does not match', { path: '/targeted', body: context({ targetingKey: 'u' }) }, 200],
    ['a split', { path: '/half' }, 200],
    ['a disabled flag', { path: '/off' }, 200],
    ['an experiment', { path: '/exp' }, 200],
    ['a flag that cannot be evaluated', { path: '/broken' }, 400],
    ['an unknown flag', { path: '/nothing' }, 404],
    [
      'a flag that a client key may not see',
      {
        path: '/hidden',
        get key() {
          return clientKey;
        },
      },
      404,
    ],
    [
      'a key as a bearer',
      {
        key: null,
        get headers() {
          return { authorization: `Bearer ${scene.key}` };
        },
      },
      200,
    ],
    ['a body without a context', { body: '{}' }, 400],
    ['a body that is a list', { body: '[]' }, 400],
    ['a body that is null', { body: 'null' }, 400],
    ['a context that is a text', { body: '{"context":"u"}' }, 400],
    ['no targeting key', { body: context({ country: 'NO' }) }, 400],
    ['an empty targeting key', { body: context({ targetingKey: '' }) }, 400],
    ['a targeting key that is a number', { body: context({ targetingKey: 7 }) }, 400],
    ['a targeting key of 257 characters', { body: context({ targetingKey: 'x'.repeat(257) }) }, 400],
    ['a user id of 257 characters', { body: context({ targetingKey: 'x', userId: 'x'.repeat(257) }) }, 400],
    ['a NUL', { body: context({ targetingKey: 'u', text: '\u0000' }) }, 400],
    ['half a surrogate pair', { body: '{"context":{"targetingKey":"u","text":"\\ud800"}}' }, 400],
    ['a body that is no JSON', { body: '{"context":' }, 400],
    ['a body that is not UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 400],
    ['a field named __proto__', { body: '{"context":{"targetingKey":"u","__proto__":{}}}' }, 400],
    ['a body nested too deeply', { body: `{"context":${'['.repeat(150)}${']'.repeat(150)}}` }, 400],
    ['all flags', { path: '' }, 200],
    [
      'all flags of a client key',
      {
        path: '',
        get key() {
          return clientKey;
        },
      },
      200,
    ],
    ['all flags after a change', { path: '?flagConfigEtag=x&flagConfigLastModified=1' }, 200],
    ['all flags without a targeting key', { path: '', body: context({}) }, 400],
  ])('%s', async (_, asked, status) => {
    const answer = await both(asked);
    expect(answer.onLane).toBe(true);
    expect(answer.status).toBe(status);
  });

  it('all flags that are known already', async () => {
    const { etag = '' } = (await ask({ path: '' })).headers;
    taken = [];
    const answer = await both({ path: '', headers: { 'if-none-match': etag } });
    expect([answer.onLane, answer.status, answer.text]).toEqual([true, 304, '']);
  });
});

describe('what is unusual goes the ordinary way', () => {
  it.each<[string, Asked, number]>([
    ['no key', { key: null }, 401],
    [
      'a key that does not exist',
      {
        get key() {
          return scene.key.replace(/.{4}$/, '0000');
        },
      },
      401,
    ],
    ['a key that is none', { key: 'assay_sk_short' }, 401],
    ['an unusual authorization', { headers: { authorization: 'Basic YTpi' } }, 401],
    ['another environment', { path: '/on?environment=staging' }, 403],
    ['the same environment, named', { path: '/on?environment=production' }, 200],
    ['an unknown parameter', { path: '/on?verbose=1' }, 400],
    ['an unknown parameter of all flags', { path: '?verbose=1' }, 400],
    ['a parameter that is too long', { path: `?flagConfigEtag=${'x'.repeat(501)}` }, 400],
    ['another content type', { headers: { 'content-type': 'text/plain' } }, 400],
    ['an empty body', { body: '' }, 400],
    ['no body', { body: null }, 400],
    ['a context over 64 KiB', { body: context({ targetingKey: 'u', text: 'x'.repeat(66_000) }) }, 400],
    ['a body over a mebibyte', { body: context({ targetingKey: 'x'.repeat(1_200_000) }) }, 400],
    ['a packed body', { body: new Uint8Array(gzipSync(GOOD)), headers: { 'content-encoding': 'gzip' } }, 200],
    ['another method', { method: 'PUT' }, 404],
    ['a key with an escape', { path: '/o%6e' }, 200],
    ['an address with a slash at its end', { path: '/on/' }, 404],
  ])('%s', async (_, asked, status) => {
    const answer = await both(asked);
    expect(answer.onLane).toBe(false);
    expect(answer.status).toBe(status);
  });

  it('a key that was revoked, from the moment on that this is known', async () => {
    expect((await both({ key: revokedKey })).status).toBe(200);
    const em = node.em;
    const row = await em.findOneOrFail(
      ApiKey,
      { project: scene.project.id, kind: 'server', keyHash: { $ne: '' } },
      {
        orderBy: { createdAt: 'desc' },
      },
    );
    row.revokedAt = new Date();
    await em.flush();
    node.app.get(Directory).forget({ resource: 'api_key', id: row.id });
    taken = [];
    const after = await both({ key: revokedKey });
    expect([after.onLane, after.status]).toEqual([false, 401]);
  });
});
