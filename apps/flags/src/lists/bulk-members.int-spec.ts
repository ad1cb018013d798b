import type { ListMembersChanged, ListMode, Page } from '@assay/contracts';
import { ListCatalog } from '@assay/definitions';
import { LogTail } from '@assay/messaging';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { until } from '@assay/testing';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
/** What another process holds, which reads changes where it can. */
let elsewhere: ListCatalog;
/** What the process of the change holds. */
let here: ListCatalog;

beforeAll(async () => {
  flags = await FlagsProcess.start();
  const em = (flags.app.get(MikroORM).em as EntityManager).fork();
  elsewhere = new ListCatalog(em, flags.app.get(LogTail));
  elsewhere.onChange(() => undefined);
  await elsewhere.onApplicationBootstrap();
  here = flags.app.get(ListCatalog);
  here.onChange(() => undefined);
  await here.onApplicationBootstrap();
});
afterAll(async () => {
  await elsewhere.onApplicationShutdown();
  await flags.stop();
});

const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `ü-${from + at}`);
const create = (key: string) => flags.call('POST', '/lists', { key, name: key });
async function stream(key: string, mode: ListMode, members: readonly string[]): Promise<ListMembersChanged> {
  const { status, body } = await flags.call<ListMembersChanged>(
    'POST',
    `/lists/${key}/members?mode=${mode}`,
    undefined,
    {
      headers: { 'content-type': 'application/x-ndjson' },
      text: members.map((member) => JSON.stringify(member)).join('\n'),
    },
  );
  expect(status).toBe(200);
  return body;
}
const held = (catalog: ListCatalog, key: string) => [...catalog.all()].find((list) => list.key === key);
const sorted = (members: Iterable<string>): string[] => [...members].sort();

async function stored(key: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor = ''; ;) {
    const { body } = await flags.call<Page<string>>('GET', `/lists/${key}/members?limit=10000${cursor}`);
    found.push(...body.items);
    if (body.nextCursor === null) return sorted(found);
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

it('makes of a list what is asked, at once here, and in another process, whether much or little changes', async () => {
  await create('bulk');
  let members = new Set<string>();
  const steps: [ListMode, string[]][] = [
    ['add', ids(0, 9_000)], // into an empty list
    ['replace', ids(0, 9_000)], // nothing
    ['replace', ids(10, 9_010)], // little
    ['replace', ids(0, 9_000)], // those that left little by little come back
    ['remove', ids(8_990, 20_000)], // few of many
    ['add', ids(0, 14_000)], // much, most of it there
    ['replace', ids(13_000, 20_000)], // much, either way
    ['replace', ids(0, 5_000)], // nobody stays
    ['remove', ids(0, 4_900)],
    ['replace', ids(4_900, 4_901)],
    ['replace', []],
    ['add', ids(0, 6_000)], // into one that had members
    ['remove', ids(0, 6_000)],
  ];
  let version = 1;
  for (const [mode, given] of steps) {
    const before = members;
    if (mode === 'replace') members = new Set(given);
    if (mode === 'add') members = new Set([...before, ...given]);
    if (mode === 'remove') members = new Set([...before].filter((member) => !given.includes(member)));
    const added = [...members].filter((member) => !before.has(member)).length;
    const removed = [...before].filter((member) => !members.has(member)).length;
    if (added + removed > 0) version += 1;
    expect(await stream('bulk', mode, given)).toEqual({ added, removed, size: members.size, version });
    expect(await stored('bulk')).toEqual(sorted(members));
    expect(sorted(held(here, 'bulk')?.members ?? [])).toEqual(sorted(members));
    await until(() => held(elsewhere, 'bulk')?.version === version);
    expect(sorted(held(elsewhere, 'bulk')?.members ?? [])).toEqual(sorted(members));
  }
});

it('leaves rows alone that do not differ', async () => {
  const rows = async (): Promise<Map<string, string>> => {
    const { rows: found } = await flags.sql.query<{ member: string; row: string }>(
      `select member, held.xmin::text || ' ' || held.ctid::text as row
       from experimentation.value_lists list join experimentation.value_list_members held on list_id = id
       where key = 'still' and not removed`,
    );
    return new Map(found.map(({ member, row }) => [member, row]));
  };
  await create('still');
  await stream('still', 'add', ids(0, 12_000));
  let before = await rows();
  for (const [first, kept] of [
    [20, 11_980], // little changes
    [8_000, 4_020], // much
  ] as const) {
    await stream('still', 'replace', ids(first, first + 12_000));
    const after = await rows();
    expect(after.size).toBe(12_000);
    expect([...after].filter(([member, row]) => before.get(member) === row)).toHaveLength(kept);
    before = after;
  }
});

it('tells another process of a few changes of many as a few', async () => {
  await create('few');
  await stream('few', 'replace', ids(0, 12_000));
  await until(() => held(elsewhere, 'few')?.version === 2);
  const { version } = await stream('few', 'replace', ids(3, 12_002));
  await until(() => held(elsewhere, 'few')?.version === version);
  expect(held(elsewhere, 'few')?.members.differences).toBe(5);
});
