import type { Flag, FlagOverride, Page, Problem } from '@assay/contracts';
import { compileDefinitions, type Flag as Document } from '@assay/evaluation';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
let flag: Flag;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
beforeEach(async () => {
  const body = { key: `flag-${Math.trunc(performance.now() * 1000)}`, name: 'A flag', status: 'ACTIVE' };
  ({ body: flag } = await flags.call<Flag>('POST', '/flags', body));
});

const path = (rest = ''): string => `/flags/${flag.key}/overrides${rest}`;
const add = (body: object) => flags.call<FlagOverride>('POST', path(), body);

async function valueOf(userId: unknown, now = Date.now()) {
  const { body } = await flags.call<Document>('GET', `/flags/${flag.key}/definition`);
  return compileDefinitions({ flags: { [flag.key]: body } }).evaluate(flag.key, { userId }, { now }).value;
}

it('decides for its user alone', async () => {
  const { status, body } = await add({ userId: '42', value: true, reason: 'tester' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ userId: '42', value: true, reason: 'tester', expiresAt: null });
  expect([await valueOf('42'), await valueOf(42), await valueOf('43')]).toEqual([true, true, false]);
});

it('ends at its time, without anybody doing anything', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  await add({ userId: 'u1', value: true, expiresAt });
  expect(await valueOf('u1')).toBe(true);
  expect(await valueOf('u1', Date.parse(expiresAt) - 1)).toBe(true);
  expect(await valueOf('u1', Date.parse(expiresAt))).toBe(false);
});

it('is listed, read by id or user, changed and removed; each change is a version of the flag', async () => {
  const added = await add({ userId: 'u1', value: true });
  expect([added.body.version, added.headers.get('etag')]).toEqual([2, '"2"']);
  await add({ userId: 'u2', value: true });
  // The version is that of the flag.
  const override = { ...added.body, version: 3 };
  const list = await flags.call<Page<FlagOverride>>('GET', path('?userId=u1'));
  expect(list.body).toMatchObject({ total: 1, items: [override] });
  for (const name of [override.id, 'u1']) {
    const { body, headers } = await flags.call<FlagOverride>('GET', path(`/${name}`));
    expect([body, headers.get('etag')]).toEqual([override, '"3"']);
  }
  const change = { value: false, reason: 'no longer' };
  const seen = { headers: { 'if-match': '"3"' } };
  const changed = await flags.call<FlagOverride>('PATCH', path('/u1'), change, seen);
  expect(changed.body).toMatchObject({ id: override.id, ...change, version: 4 });
  expect((await flags.call('PATCH', path('/u1'), { value: true }, seen)).status).toBe(412);
  expect(await valueOf('u1')).toBe(false);
  expect((await flags.call('DELETE', path('/u1'), undefined, { headers: { 'if-match': '"1"' } })).status).toBe(412);
  expect((await flags.call('DELETE', path('/u2'))).status).toBe(204);
  expect(await valueOf('u2')).toBe(false);
  expect((await flags.call<Flag>('GET', `/flags/${flag.key}`)).body.version).toBe(5);
});

it.each<[string, object, number, string]>([
  ['a value of another type', { userId: 'u1', value: 'yes' }, 400, 'value'],
  ['no value', { userId: 'u1' }, 400, 'value'],
  ['a time that has passed', { userId: 'u1', value: true, expiresAt: '2020-01-01T00:00:00Z' }, 400, 'expiresAt'],
  ['a time that is none', { userId: 'u1', value: true, expiresAt: 'tomorrow' }, 400, 'expiresAt'],
  ['a user of 257 characters', { userId: 'u'.repeat(257), value: true }, 400, 'userId'],
  ['a second one of a user', { userId: 'known', value: true }, 409, 'userId'],
])('refuses %s', async (_, body, status, field) => {
  await add({ userId: 'known', value: true });
  const answer = await flags.call<Problem>('POST', path(), body);
  expect(answer.status).toBe(status);
  expect(answer.body.errors).toMatchObject([{ path: field }]);
  if (!('value' in body)) expect(answer.body.errors?.[0]?.message).toBe('is required');
  expect((await flags.call<Page<FlagOverride>>('GET', path())).body.total).toBe(1);
});

it('keeps the type of its flag from changing under it', async () => {
  await add({ userId: 'u1', value: true });
  const fields = { type: 'string', variants: [{ key: 'a', value: 'a', weight: 100 }] };
  const { status, body } = await flags.call<Problem>('PATCH', `/flags/${flag.key}`, fields);
  expect([status, body.errors?.[0]?.path]).toEqual([409, 'type']);
  await flags.call('DELETE', path('/u1'));
  expect((await flags.call('PATCH', `/flags/${flag.key}`, fields)).status).toBe(200);
});

it('leaves one of two who add for the same user at the same time', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => add({ userId: 'raced', value: true })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
});

it('takes the place of one that has expired', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  await add({ userId: 'back', value: true, reason: 'trial', expiresAt });
  await flags.sql.query(
    `update experimentation.feature_flag_overrides set expires_at = now() - interval '1 second' where user_id = 'back'`,
  );
  const { status, body } = await add({ userId: 'back', value: true });
  expect([status, body.reason, body.expiresAt]).toEqual([201, '', null]);
  expect((await flags.call<Page<FlagOverride>>('GET', path())).body.items).toEqual([body]);
  expect(await valueOf('back')).toBe(true);
  expect((await add({ userId: 'back', value: false })).status).toBe(409);
});
