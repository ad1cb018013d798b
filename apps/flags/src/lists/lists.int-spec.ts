import {
  auditRecorded,
  listChanged,
  type ListMembersChanged,
  type Page,
  type Problem,
  type ValueList,
} from '@assay/contracts';
import { until } from '@assay/testing';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());

type Changed = ListMembersChanged & Problem;

const create = (key: string, members?: readonly string[]) =>
  flags.call<ValueList & Problem>('POST', '/lists', { key, name: key, members });
const read = async (key: string) => (await flags.call<ValueList>('GET', `/lists/${key}`)).body;
const change = (key: string, body: object, headers = {}) =>
  flags.call<Changed>('POST', `/lists/${key}/members`, body, { headers });
const stream = (key: string, mode: string, lines: string) =>
  flags.call<Changed>('POST', `/lists/${key}/members?mode=${mode}`, undefined, {
    headers: { 'content-type': 'application/x-ndjson' },
    text: lines,
  });
const linesOf = (members: readonly string[]) => members.map((member) => JSON.stringify(member)).join('\n');

async function membersOf(key: string, limit = 3): Promise<string[]> {
  const found: string[] = [];
  for (let cursor = ''; ;) {
    const { body } = await flags.call<Page<string>>('GET', `/lists/${key}/members?limit=${limit}${cursor}`);
    found.push(...body.items);
    if (body.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

it('is created, read, listed, changed and deleted', async () => {
  const { status, body, headers } = await create('vip', ['u1', 'u2', 'u2']);
  expect(status).toBe(201);
  expect(headers.get('etag')).toBe('"1"');
  expect(body).toMatchObject({ key: 'vip', name: 'vip', description: '', size: 2, version: 1, project: 'default' });
  expect(await read(body.id)).toEqual(body);
  expect((await flags.call<Page<ValueList>>('GET', '/lists?q=VI')).body).toEqual({
    items: [body],
    nextCursor: null,
    total: 1,
  });
  const renamed = await flags.call<ValueList>(
    'PATCH',
    '/lists/vip',
    { name: 'Guests', description: null },
    { headers: { 'if-match': '"1"' } },
  );
  expect(renamed.body).toMatchObject({ name: 'Guests', version: 2, size: 2 });
  expect((await create('vip')).status).toBe(409);
  expect((await flags.call('DELETE', '/lists/vip', undefined, { headers: { 'if-match': '"1"' } })).status).toBe(412);
  expect((await flags.call('DELETE', '/lists/vip')).status).toBe(204);
  expect((await flags.call('GET', '/lists/vip')).status).toBe(404);
  expect((await create('vip', ['u9'])).status).toBe(201);
  expect(await membersOf('vip')).toEqual(['u9']);
});

it('takes and loses members, and counts only what has changed', async () => {
  await create('staff', ['a', 'b', 'c']);
  expect((await change('staff', { add: ['c', 'd', 'e'], remove: ['a', 'e', 'nobody'] })).body).toEqual({
    added: 2,
    removed: 1,
    size: 4,
    version: 2,
  });
  expect(await membersOf('staff')).toEqual(['b', 'c', 'd', 'e']);
  expect((await change('staff', { add: ['b'], remove: ['a'] })).body).toEqual({
    added: 0,
    removed: 0,
    size: 4,
    version: 2,
  });
  expect((await change('staff', { add: ['a'] }, { 'if-match': '"1"' })).status).toBe(412);
  expect((await change('staff', { add: ['a'] }, { 'if-match': '"2"' })).body).toMatchObject({ added: 1, size: 5 });
  const down = await flags.call<Page<string>>('GET', '/lists/staff/members?sort=-member&limit=3');
  const rest = `/lists/staff/members?sort=-member&limit=3&cursor=${down.body.nextCursor ?? ''}`;
  expect([...down.body.items, ...(await flags.call<Page<string>>('GET', rest)).body.items]).toEqual([
    'e',
    'd',
    'c',
    'b',
    'a',
  ]);
  const { body } = await flags.call<Page<string>>('GET', '/lists/staff/members?q=a');
  expect(body).toEqual({ items: ['a'], nextCursor: null, total: 1 });
});

it('takes a stream of members, replaces by one, and does all of it or nothing', async () => {
  await create('many', ['zz']);
  const ids = Array.from({ length: 25_000 }, (_, id) => `id-${String(id).padStart(6, '0')}`);
  expect((await stream('many', 'add', `${linesOf(ids)}\n\n`)).body).toEqual({
    added: 25_000,
    removed: 0,
    size: 25_001,
    version: 2,
  });
  expect(await membersOf('many', 10_000)).toEqual([...ids, 'zz']);
  expect((await stream('many', 'remove', linesOf(['zz', 'id-000000']))).body).toMatchObject({
    removed: 2,
    size: 24_999,
  });
  const broken = await stream('many', 'add', `"x1"\n"x2"\n{"id":"x3"}\n"x4"`);
  expect(broken.status).toBe(400);
  expect(broken.body.errors?.[0]?.path).toBe('line 3');
  const overlong = await stream('many', 'add', `"x1"\n"${'x'.repeat(1_100_000)}"\n"x2"`);
  expect([overlong.status, overlong.body.code]).toEqual([413, 'payload_too_large']);
  expect(await read('many')).toMatchObject({ size: 24_999, version: 3 });
  const kept = ['id-000007', 'new', 'ünï'];
  expect((await stream('many', 'replace', linesOf(kept))).body).toEqual({
    added: 2,
    removed: 24_998,
    size: 3,
    version: 4,
  });
  expect((await membersOf('many')).sort()).toEqual([...kept].sort());
});

it('tells of a change by reference, whatever its size', async () => {
  const { body } = await create('told', ['first']);
  const ids = Array.from({ length: 20_000 }, (_, id) => `somebody-${id}`);
  await stream('told', 'add', linesOf(ids));
  await flags.call('DELETE', '/lists/told');
  const own = (topic: string): unknown[] =>
    flags.told
      .filter((each) => each.topic === topic && JSON.stringify(each.data).includes(body.id))
      .map(({ data }) => data);
  await until(() => own(listChanged.name).length >= 3 && own(auditRecorded.name).length >= 3);
  const told = own(listChanged.name);
  expect(told).toMatchObject([
    { deleted: false, definition: { key: 'told', version: 1, size: 1 } },
    { deleted: false, definition: { key: 'told', version: 2, size: 20_001 } },
    { deleted: true, definition: { key: 'told', version: 2 } },
  ]);
  expect(JSON.stringify(told).length).toBeLessThan(1_000);
  const audited = own(auditRecorded.name);
  expect(audited).toMatchObject([
    { action: 'list.created', before: null, after: { size: 1 } },
    { action: 'list.members_changed', before: { size: 1 }, after: { size: 20_001, added: 20_000, removed: 0 } },
    { action: 'list.deleted', before: { size: 20_001 }, after: null },
  ]);
  expect(JSON.stringify(audited)).not.toContain('somebody-');
});

it('is not deleted while something names it, in whichever environment', async () => {
  await create('named');
  const listed = { attr: 'userId', op: 'in', list: 'named' };
  const rule = { when: { not: listed }, serve: { variant: 'on' } };
  await flags.call('POST', '/flags', { key: 'by-rule', name: 'A', targetingRules: [rule] });
  await flags.call('POST', '/flags', { key: 'in-staging', name: 'B' });
  await flags.call('PATCH', '/flags/in-staging/environment?environment=staging', { targetingRules: [rule] });
  await flags.call('POST', '/segments', { key: 'by-segment', name: 'C', condition: { any: [listed] } });
  const payload = { type: 'json', variants: [{ key: 'v', value: { list: 'named' }, weight: 100 }] };
  await flags.call('POST', '/flags', { key: 'only-a-payload', name: 'D', ...payload });
  const { status, body } = await flags.call<Problem>('DELETE', '/lists/named');
  expect(status).toBe(409);
  expect(body.code).toBe('in_use');
  expect(body.detail).toContain('named by flag by-rule, flag in-staging, segment by-segment:');
  for (const path of ['/flags/by-rule', '/flags/in-staging', '/segments/by-segment']) await flags.call('DELETE', path);
  expect((await flags.call('DELETE', '/lists/named')).status).toBe(204);
});

it('is for those who may: a key of a server may not even look', async () => {
  for (const [method, path] of [
    ['GET', '/lists'],
    ['POST', '/lists/x/members'],
    ['DELETE', '/lists/x'],
  ] as const) {
    const body = method === 'POST' ? { add: ['me'] } : undefined;
    expect((await flags.call(method, path, body, { as: flags.serverKey })).status).toBe(403);
  }
});

it.each<[string, object, string]>([
  ['an empty member', { add: [''] }, 'add[0]'],
  ['a member that is a number', { remove: [7] }, 'remove[0]'],
  ['a member with NUL', { add: ['a\u0000'] }, 'add[0]'],
  ['an unknown field', { adds: ['a'] }, 'adds'],
])('refuses %s', async (_, body, path) => {
  await create('strict');
  const answer = await change('strict', body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body.errors)).toContain(path);
});

it('changes by two at once one after the other', async () => {
  await create('raced');
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => change('raced', { add: [`u${index}`, 'all'] })),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(await read('raced')).toMatchObject({ size: 9, version: 9 });
});
