import { segmentChanged, type Page, type Problem, type Segment } from '@assay/contracts';
import { until } from '@assay/testing';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());

const NORDIC = { attr: 'country', op: 'in', values: ['NO', 'SE'] };
const create = (key: string, condition: unknown = NORDIC) =>
  flags.call<Segment & Problem>('POST', '/segments', { key, name: key, condition });
const update = (key: string, fields: object, headers = {}) =>
  flags.call<Segment & Problem>('PATCH', `/segments/${key}`, fields, { headers });

it('is created, read, listed, changed and deleted, and told of', async () => {
  const { status, body } = await create('nordic');
  expect(status).toBe(201);
  expect(body).toMatchObject({ key: 'nordic', condition: NORDIC, version: 1, description: '' });
  expect((await flags.call<Segment>('GET', `/segments/${body.id}`)).body).toEqual(body);
  expect((await flags.call<Page<Segment>>('GET', '/segments?q=nord')).body.items).toEqual([body]);
  expect((await update('nordic', { condition: true, description: null }, { 'if-match': '"1"' })).body.version).toBe(2);
  expect((await update('nordic', { name: 'x' }, { 'if-match': '"1"' })).status).toBe(412);
  expect((await create('nordic')).status).toBe(409);
  expect((await flags.call('DELETE', '/segments/nordic')).status).toBe(204);
  expect((await flags.call('GET', '/segments/nordic')).status).toBe(404);
  const told = () => flags.told.filter(({ topic }) => topic === segmentChanged.name);
  await until(() => told().length >= 3);
  expect(told().map(({ data }) => (data as { deleted: boolean }).deleted)).toEqual([false, false, true]);
});

it('is not deleted while something names it', async () => {
  await create('staff');
  await create('insiders', { any: [{ segment: 'staff' }, NORDIC] });
  const rule = { when: { not: { segment: 'staff' } }, serve: { variant: 'on' } };
  await flags.call('POST', '/flags', { key: 'uses-staff', name: 'Uses staff', targetingRules: [rule] });
  const { status, body } = await flags.call<Problem>('DELETE', '/segments/staff');
  expect(status).toBe(409);
  expect(body.detail).toContain('flag uses-staff, segment insiders');
});

it('does not lead back to itself', async () => {
  await create('a');
  await create('b', { segment: 'a' });
  await create('c', { not: { segment: 'b' } });
  for (const [condition, path] of [
    [{ segment: 'a' }, 'condition.segment'],
    [{ all: [true, { segment: 'c' }] }, 'condition.all[1].segment'],
  ] as const) {
    const { status, body } = await update('a', { condition });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path }]);
  }
  expect((await flags.call<Segment>('GET', '/segments/a')).body.version).toBe(1);
});

it('cannot be turned into a circle by two at once', async () => {
  await create('left', true);
  await create('right', true);
  const answers = await Promise.all([
    update('left', { condition: { segment: 'right' } }),
    update('right', { condition: { segment: 'left' } }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
});

it.each<[string, object, string]>([
  ['no condition', { condition: undefined }, 'condition'],
  ['an unknown operator', { condition: { ...NORDIC, op: 'near' } }, 'condition.op'],
  ['a condition that is a text', { condition: 'NO' }, 'condition'],
  ['a key with a space', { key: 'a b' }, 'key'],
])('refuses %s', async (_, fields, path) => {
  const { status, body } = await flags.call<Problem>('POST', '/segments', {
    key: 'bad',
    name: 'Bad',
    condition: NORDIC,
    ...fields,
  });
  expect(status).toBe(400);
  expect(body.errors?.map((error) => error.path)).toContain(path);
});
