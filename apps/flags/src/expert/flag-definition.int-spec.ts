import type { Flag, FlagRevision, Page, Problem } from '@assay/contracts';
import type { Flag as Document } from '@assay/evaluation';
import { Project, type EntityManager } from '@assay/models';
import { anExperiment } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
let flag: Flag;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
beforeEach(async () => {
  const key = `flag-${Math.trunc(performance.now() * 1000)}`;
  ({ body: flag } = await flags.call<Flag>('POST', '/flags', { key, name: 'A flag', rolloutPercentage: 30 }));
});

const put = (document: unknown) => flags.call<Document & Problem>('PUT', `/flags/${flag.key}/definition`, document);
const read = () => flags.call<Document>('GET', `/flags/${flag.key}/definition`);

const DOCUMENT = {
  type: 'string',
  on: true,
  variants: { a: 'Buy', b: 'Buy now' },
  off: null,
  rules: [
    {
      id: 'exp',
      when: { attr: 'app', as: 'version', op: 'gte', value: '2.3' },
      serve: {
        split: {
          key: 'cta',
          unit: ['userId', 'deviceId'],
          salt: 'cta',
          enroll: { bucket: { salt: 'layer:checkout', unit: ['userId'], in: [[0, 0.4]] } },
          arms: [
            { key: 'control', variant: 'a', in: [[0, 0.5]] },
            { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
          ],
        },
      },
    },
  ],
  default: { variant: 'a' },
};

it('shows what the simple fields compile to, under the version of the flag', async () => {
  const { body, headers } = await read();
  expect(body).toMatchObject({ key: flag.key, on: false, variants: { on: true, off: false }, default: { off: true } });
  expect(headers.get('etag')).toBe('"1"');
  expect((await put(body)).status).toBe(200);
});

it('wins over the simple fields until those are edited', async () => {
  const { status, body, headers } = await put(DOCUMENT);
  expect([status, headers.get('etag')]).toEqual([200, '"2"']);
  expect(body).toEqual({ key: flag.key, ...DOCUMENT });
  const { body: after } = await flags.call<Flag>('GET', `/flags/${flag.key}`);
  expect(after).toMatchObject({ expertDefinition: true, type: 'string', status: 'ACTIVE', version: 2 });

  await flags.call('PATCH', `/flags/${flag.key}`, { status: 'INACTIVE', name: 'Renamed' });
  expect((await read()).body).toEqual({ key: flag.key, ...DOCUMENT, on: false });
  await flags.call('PATCH', `/flags/${flag.key}`, { type: 'boolean', rolloutPercentage: 100 });
  expect((await read()).body).toMatchObject({ variants: { on: true, off: false }, default: { variant: 'on' } });
});

it('makes the flag where there is none', async () => {
  const key = `${flag.key}.made`;
  const path = `/flags/${key}/definition`;
  const [one, two] = await Promise.all([1, 2].map(() => flags.call<Document>('PUT', path, DOCUMENT)));
  expect([one?.status, two?.status].sort()).toEqual([200, 201]);
  expect(one?.body).toEqual({ key, ...DOCUMENT });
  const { body } = await flags.call<Flag>('GET', `/flags/${key}`);
  expect(body).toMatchObject({ key, name: key, type: 'string', status: 'ACTIVE', expertDefinition: true, version: 2 });
  const { body: revisions } = await flags.call<Page<FlagRevision>>('GET', `/flags/${key}/revisions`);
  expect(revisions.items.map(({ change }) => change)).toEqual(['definition_replaced', 'created']);
});

it.each<[string, string, object, Record<string, string>, number, string | undefined]>([
  ['a key that cannot be one', 'a b', DOCUMENT, {}, 400, 'key'],
  ['another key in the document', 'mine', { ...DOCUMENT, key: 'other' }, {}, 400, 'key'],
  ['a document that is not sound', 'mine', { ...DOCUMENT, off: 'c' }, {}, 400, 'off'],
  [
    'a NUL in it',
    'mine',
    { ...DOCUMENT, rules: [{ when: { values: ['\u0000'] } }] },
    {},
    400,
    'rules[0].when.values[0]',
  ],
  ['half a pair in it', 'mine', { ...DOCUMENT, variants: { a: '\ud800' } }, {}, 400, 'variants.a'],
  ['the version of a flag that is not there', 'mine', DOCUMENT, { 'if-match': '"1"' }, 404, undefined],
  ['the id of a flag that is not there', '0190b6a2-0000-7000-8000-000000000001', DOCUMENT, {}, 404, undefined],
])('makes none for %s', async (_, key, document, headers, status, path) => {
  const answer = await flags.call<Problem>('PUT', `/flags/${encodeURIComponent(key)}/definition`, document, {
    headers,
  });
  expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, path]);
  expect((await flags.call('GET', `/flags/${encodeURIComponent(key)}`)).status).toBe(404);
});

it('makes none for who may only change flags, nor under the key of an experiment', async () => {
  const em = flags.app.get(MikroORM).em.fork() as EntityManager;
  const project = await em.findOneOrFail(Project, flags.projectId, { populate: ['environments'] });
  const experiment = anExperiment(em, { project });
  await em.flush();
  const { id, key } = experiment;
  await flags.sql.query(
    `INSERT INTO experimentation.definition_keys (project_id, key, kind, resource_id) VALUES ($1, $2, 'experiment', $3)`,
    [flags.projectId, key, id],
  );
  expect((await flags.call('PUT', `/flags/${key}/definition`, DOCUMENT)).status).toBe(409);
  const changer = await flags.userWith('feature_flag:update', 'feature_flag:read');
  const asked = await flags.call<Problem>('PUT', '/flags/theirs/definition', DOCUMENT, { as: changer });
  expect(asked.status).toBe(403);
  expect(asked.body.detail).toContain('feature_flag:create');
  expect((await flags.call('PUT', `/flags/${flag.key}/definition`, DOCUMENT, { as: changer })).status).toBe(200);
});

it('warns of sticky splits that name no experiment, and takes the warning back with the document', async () => {
  const em = flags.app.get(MikroORM).em.fork() as EntityManager;
  const project = await em.findOneOrFail(Project, flags.projectId, { populate: ['environments'] });
  const { key: known } = anExperiment(em, { project });
  await em.flush();
  const sticky = { version: 1, minVersion: 0 };
  const split = { salt: 's', unit: ['userId'], sticky, arms: [{ key: 'a', variant: 'a', in: [[0, 1]] }] };
  const rules = ['nobody-knows', known].map((key) => ({ id: key, when: true, serve: { split: { ...split, key } } }));
  const document = { ...DOCUMENT, rules, default: { split: { ...split, key: 'nor-this' } } };
  const { status, body } = await put(document);
  expect(status).toBe(200);
  const warnings = [
    { path: 'rules[0].serve.split.key', message: expect.stringContaining("'nobody-knows' is no experiment") as string },
    { path: 'default.split.key', message: expect.stringContaining("'nor-this' is no experiment") as string },
  ];
  expect(body).toEqual({ key: flag.key, ...document, warnings });
  expect((await read()).body).toEqual(body);
  expect((await put(body)).body).toEqual(body);
  expect((await put({ ...document, rules: [], default: { variant: 'a' } })).body).not.toHaveProperty('warnings');
});

it('takes ranges beyond 1 where the hash has positions there', async () => {
  const split = {
    salt: 's',
    unit: ['key'],
    arms: [
      { variant: 'a', in: [[0, 0.4]] },
      { variant: 'b', in: [[0.4, 2]] },
    ],
  };
  const withHash = (hash?: string) => put({ ...DOCUMENT, rules: [], default: { split: { ...split, hash } } });
  expect((await withHash('launchdarkly')).status).toBe(200);
  const refused = await withHash();
  expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, 'default.split.arms[1].in[0]']);
});

it('keeps overrides in front', async () => {
  await put(DOCUMENT);
  await flags.call('POST', `/flags/${flag.key}/overrides`, { userId: 'u1', value: 'Free' });
  const { body } = await read();
  expect(body.rules.map(({ id }) => id)).toEqual(['$override-1', 'exp']);
  await put(body);
  expect((await read()).body).toEqual(body);
  await flags.call('DELETE', `/flags/${flag.key}/overrides/u1`);
  expect((await read()).body).toEqual({ key: flag.key, ...DOCUMENT });
});

it.each<[string, object, string]>([
  ['an unknown member', { ...DOCUMENT, colour: 'red' }, 'colour'],
  ['another key', { ...DOCUMENT, key: 'other' }, 'key'],
  ['a variant of another type', { ...DOCUMENT, variants: { a: 1, b: 'x' } }, 'variants.a'],
  ['an off that is no variant', { ...DOCUMENT, off: 'c' }, 'off'],
  ['a default that is no variant', { ...DOCUMENT, default: { variant: 'c' } }, 'default.variant'],
  ['no rules', { ...DOCUMENT, rules: undefined }, 'rules'],
  [
    '1,001 rules',
    {
      ...DOCUMENT,
      rules: Array.from({ length: 1001 }, (_, id) => ({ id: `r${id}`, when: true, serve: { off: true } })),
    },
    'rules',
  ],
])('refuses %s and leaves the flag alone', async (_, document, path) => {
  const { status, body } = await put(document);
  expect(status).toBe(400);
  expect(body.errors?.map((error) => error.path)).toContain(path);
  expect((await flags.call<Flag>('GET', `/flags/${flag.key}`)).body.version).toBe(1);
});
