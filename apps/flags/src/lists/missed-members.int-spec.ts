import type { ListMembersChanged } from '@assay/contracts';
import { ListCatalog, type LoadedList } from '@assay/definitions';
import { LogTail } from '@assay/messaging';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { until } from '@assay/testing';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
let elsewhere: ListCatalog;
/** What the other process heard. */
const heard: { readonly key: string; readonly deleted: boolean; readonly members: readonly string[] }[] = [];

beforeAll(async () => {
  flags = await FlagsProcess.start();
  await flags.call('POST', '/lists', { key: 'there', name: 'There', members: ['a', 'b'] });
  const em = (flags.app.get(MikroORM).em as EntityManager).fork();
  elsewhere = new ListCatalog(em, flags.app.get(LogTail));
  elsewhere.onChange(({ key, members }, deleted) => void heard.push({ key, deleted, members: [...members].sort() }));
  await elsewhere.onApplicationBootstrap();
});
afterAll(async () => {
  await elsewhere.onApplicationShutdown();
  await flags.stop();
});

const list = (key: string): LoadedList | undefined => [...elsewhere.all()].find((each) => each.key === key);
const change = async (key: string, body: object) =>
  (await flags.call<ListMembersChanged>('POST', `/lists/${key}/members`, body)).body;
const isAt = (key: string, version: number) => until(() => list(key)?.version === version);
const members = (key: string) => [...(list(key)?.members ?? [])].sort();

it('another process has the members of every list, and learns who came and who went', async () => {
  expect(members('there')).toEqual(['a', 'b']);
  const { version } = await change('there', { add: ['c'], remove: ['a'] });
  await isAt('there', version);
  expect(members('there')).toEqual(['b', 'c']);
  expect(heard.at(-1)).toEqual({ key: 'there', deleted: false, members: ['b', 'c'] });
});

it('reads of a change what has changed, not the list', async () => {
  const many = Array.from({ length: 20_000 }, (_, id) => `user-${id}`);
  await flags.call('POST', '/lists', { key: 'large', name: 'Large', members: many });
  await isAt('large', 1);
  const table = list('large')?.members;
  // Rows that the process has not been told of: who reads the list whole finds them.
  await flags.sql.query(
    `insert into experimentation.value_list_members (list_id, member, version)
     select id, 'unseen', 0 from experimentation.value_lists where key = 'large'`,
  );
  const { version } = await change('large', { add: ['one-more'], remove: ['user-7', 'user-8'] });
  await isAt('large', version);
  const now = list('large')?.members;
  expect(now?.has('one-more')).toBe(true);
  expect([now?.has('user-7'), now?.has('unseen'), table?.has('user-7')]).toEqual([false, false, true]);
  expect([now?.size, now?.differences]).toEqual([19_999, 3]);
});

it('reads the list whole when much has changed, or when what went is forgotten', async () => {
  await flags.call('POST', '/lists', { key: 'emptied', name: 'Emptied', members: many(12_000, 'old') });
  await isAt('emptied', 1);
  const { version } = await change('emptied', { remove: many(12_000, 'old'), add: ['left'] });
  await isAt('emptied', version);
  expect(members('emptied')).toEqual(['left']);
  const { rows } = await flags.sql.query<{ count: string; since: number }>(
    `select count(*) as count, max(list.changes_since) as since
     from experimentation.value_lists list join experimentation.value_list_members on list_id = id where key = 'emptied'`,
  );
  expect(rows).toEqual([{ count: '1', since: version }]);
});

it('a deleted list is gone, and one made anew under its key is another', async () => {
  await flags.call('POST', '/lists', { key: 'reused', name: 'First', members: ['x'] });
  await isAt('reused', 1);
  await flags.call('DELETE', '/lists/reused');
  await until(() => list('reused') === undefined);
  await flags.call('POST', '/lists', { key: 'reused', name: 'Second', members: ['y'] });
  await isAt('reused', 1);
  expect(members('reused')).toEqual(['y']);
  expect(heard.filter(({ key }) => key === 'reused').map(({ deleted }) => deleted)).toEqual([false, true, false]);
});

it('a process that missed the messages learns from the database who came, and which list was deleted', async () => {
  await flags.call('POST', '/lists', { key: 'kept', name: 'Kept', members: ['a'] });
  await flags.call('POST', '/lists', { key: 'dropped', name: 'Dropped', members: ['a'] });
  const deaf = new ListCatalog(flags.app.get(MikroORM).em, flags.app.get(LogTail));
  const gone: string[] = [];
  deaf.onChange(({ key }, deleted) => {
    if (deleted) gone.push(key);
  });
  const known = () =>
    [...deaf.all()].filter(({ key }) => key === 'kept' || key === 'dropped').map(({ key, size }) => `${key} ${size}`);
  const lookAgain = async () => {
    await deaf.onApplicationBootstrap();
    // From here on it hears nothing.
    await deaf.onApplicationShutdown();
  };
  await lookAgain();
  expect(known().sort()).toEqual(['dropped 1', 'kept 1']);
  await change('kept', { add: ['b'] });
  await flags.call('DELETE', '/lists/dropped');
  expect(known().sort()).toEqual(['dropped 1', 'kept 1']);
  await lookAgain();
  expect(known()).toEqual(['kept 2']);
  expect(gone).toEqual(['dropped']);
});

const many = (count: number, name: string) => Array.from({ length: count }, (_, id) => `${name}-${id}`);
