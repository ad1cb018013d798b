import type { Flag, Problem } from '@assay/contracts';
import type { Flag as Document } from '@assay/evaluation';
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
