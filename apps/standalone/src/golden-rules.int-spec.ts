import type { OfrepFailure, OfrepSuccess } from '@assay/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { patientFetch } from '@assay/testing';
import { AssayServer, removeFolder, root, testFolder } from '../test/assay-process.js';

const FOLDER = join(process.env['ASSAY_VECTORS'] ?? join(root, '..', 'shared', 'vectors'), 'rules');
const FILES = ['growthbook.json', 'unleash.json'].filter((name) => existsSync(join(FOLDER, name)));
if (FILES.length === 0) process.stderr.write(`No rule vectors in ${FOLDER} (set ASSAY_VECTORS): these are skipped.\n`);

type Members = Readonly<Record<string, unknown>>;
interface Case {
  readonly key?: string;
  readonly context: Members;
  readonly options?: Readonly<Record<string, object | null>>;
  readonly expected: { readonly value?: unknown; readonly variant?: string | null; readonly error?: string };
}
interface Group {
  readonly definitions: { readonly flags: Members; readonly segments: Members; readonly lists: Members };
  readonly cases: readonly Case[];
}

let folder: string;
let server: AssayServer;
let key: string;

beforeAll(async () => {
  folder = testFolder();
  server = await AssayServer.start(folder);
  const body = JSON.stringify({ name: 's', kind: 'server', project: 'default', environment: 'production' });
  key = (await server.call<{ key: string }>('/api/v1/api-keys', { method: 'POST', body })).body.key;
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

const write = (method: string, path: string, body: unknown) =>
  server.call<unknown>(`/api/v1${path}`, { method, body: JSON.stringify(body) });

/** Stored lists are of texts. */
const isStorable = (members: unknown): boolean =>
  Array.isArray(members) && members.every((member) => typeof member === 'string');

/** A definition with the names of its group, which are not unique, made so; lists that are not of texts are written out. */
function named(definition: unknown, group: string, lists: Members): unknown {
  const listed = (list: string) =>
    isStorable(lists[list]) ? { list: keyOf(list, group) } : { values: lists[list] ?? [] };
  return JSON.parse(JSON.stringify(definition), (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { flag, segment, list, ...rest } = value as Members;
    return {
      ...rest,
      ...(typeof flag === 'string' ? { flag: keyOf(flag, group) } : {}),
      ...(typeof segment === 'string' ? { segment: keyOf(segment, group) } : {}),
      ...(typeof list === 'string' ? listed(list) : {}),
    };
  });
}

const keyOf = (name: string, group: string): string =>
  `${group}-${name.replace(/[^A-Za-z0-9._-]/g, '_')}`.slice(0, 100);

/** Writes a group; gives the flags that could be stored. What only imports have is refused, as it should be. */
async function store({ definitions }: Group, group: string): Promise<ReadonlySet<string>> {
  const { flags, segments, lists } = definitions;
  for (const [name, members] of Object.entries(lists).filter(([, each]) => isStorable(each))) {
    const { status } = await write('POST', '/lists', { key: keyOf(name, group), name, members });
    expect(status).toBe(201);
  }
  for (const [name, condition] of Object.entries(segments)) {
    const body = { key: keyOf(name, group), name, condition: named(condition, group, lists) };
    await write('POST', '/segments', body);
  }
  const stored = new Set<string>();
  for (const [name, flag] of Object.entries(flags)) {
    const key = keyOf(name, group);
    await write('POST', '/flags', { key, name: 'vector' });
    const { status } = await write('PUT', `/flags/${key}/definition`, {
      ...(named(flag, group, lists) as Members),
      key,
    });
    if (status < 300) stored.add(name);
  }
  // A flag that looks at one that is missing is not the flag of the case.
  return stored.size === Object.keys(flags).length || !JSON.stringify(flags).includes('"flag":') ? stored : new Set();
}

/** Whether the protocol can put the question at all: it always names a user, and knows neither overrides nor stored arms. */
function canBeAsked({ key: flag, context, options }: Case, text: string): boolean {
  const hasUser = (typeof context['userId'] === 'string' && context['userId'] !== '') || !text.includes('userId');
  const isPlain = Object.values(options ?? {}).every((given) => Object.keys(given ?? {}).length === 0);
  return flag !== undefined && isPlain && hasUser;
}

/** What is answered otherwise than expected; undefined when nothing is. */
async function failure({ key: flag = '', context, expected }: Case, group: string): Promise<unknown> {
  const response = await patientFetch(`${server.url}/ofrep/v1/evaluate/flags/${keyOf(flag, group)}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ context: { targetingKey: 'vector', ...context } }),
  });
  const answer = JSON.parse(await response.text()) as OfrepSuccess & OfrepFailure;
  if (expected.error !== undefined) {
    const status = expected.error === 'FLAG_NOT_FOUND' ? 404 : 400;
    return response.status === status ? undefined : { status: response.status, answer };
  }
  const variant = expected.variant === undefined || (answer.variant ?? null) === expected.variant;
  const value = expected.value === undefined || isDeepStrictEqual(answer.value ?? null, expected.value);
  return variant && value ? undefined : { status: response.status, answer };
}

async function check(file: string): Promise<void> {
  const { groups } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { groups: readonly Group[] };
  const failures: unknown[] = [];
  let [asked, total] = [0, 0];
  for (const [index, group] of groups.entries()) {
    const cases = group.cases.filter((each) => each.key !== undefined);
    if (cases.length === 0) continue;
    total += cases.length;
    const name = `${file.slice(0, 2)}${index}`;
    const stored = await store(group, name);
    const text = JSON.stringify(group.definitions);
    for (const each of cases.filter((one) => stored.has(one.key ?? '') && canBeAsked(one, text))) {
      asked += 1;
      const answer = await failure(each, name);
      if (answer !== undefined) failures.push({ index, ...each, answer });
    }
  }
  process.stdout.write(
    `${file} through OFREP: ${asked - failures.length} passed, ${failures.length} failed, of ${total}\n`,
  );
  expect(failures.slice(0, 3)).toEqual([]);
  expect(asked).toBeGreaterThan(20);
}

for (const file of FILES) {
  it(`rules/${file}, written through the API, are answered alike by OFREP`, () => check(file), 240_000);
}
// Vectors lie beside the repository: a clone without them has nothing to write through the API.
if (FILES.length === 0) it.skip('rule vectors are not there', () => undefined);
