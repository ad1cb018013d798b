import type { OfrepFailure, OfrepSuccess, Problem } from '@assay/contracts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { patientFetch } from '@assay/testing';
import { root } from '../test/assay-process.js';
import { ownServer } from '../test/own-server.js';

const FOLDER = join(process.env['ASSAY_VECTORS'] ?? join(root, '..', 'shared', 'vectors'), 'rules');

type Members = Readonly<Record<string, unknown>>;
interface Case {
  readonly key?: string;
  readonly context: Members;
  readonly options?: Members;
  readonly expected: { readonly value?: unknown; readonly variant?: string | null; readonly error?: string };
}
interface Group {
  readonly definitions: { readonly flags: Members; readonly segments: Members; readonly lists: Members };
  readonly cases: readonly Case[];
}

/** The cases of flags in a file, in their groups. */
function flagGroups(file: string): readonly (Group & { readonly name: string })[] {
  const { groups } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { groups: readonly Group[] };
  return groups
    .map(({ definitions, cases }, index) => {
      return {
        definitions,
        cases: cases.filter(({ key }) => key !== undefined),
        name: `${file.slice(0, -5)}-${index}`,
      };
    })
    .filter(({ cases }) => cases.length > 0);
}

const FILES = (existsSync(FOLDER) ? readdirSync(FOLDER) : [])
  .filter((name) => name.endsWith('.json'))
  .filter((name) => flagGroups(name).length > 0);
if (FILES.length === 0) process.stderr.write(`No rule vectors in ${FOLDER} (set ASSAY_VECTORS): these are skipped.\n`);

const ADDRESS = 'must be an address or CIDR block, v4 or v6';
const REGEX = 'is no RE2 regular expression: error parsing regexp';

/** What must become of the published files: how many cases are asked, and which definitions are refused, and why. */
const PUBLISHED: Readonly<Record<string, { readonly asked: number; readonly refused: Members }>> = {
  'growthbook.json': {
    asked: 159,
    refused: {
      'growthbook-36': [
        'flag2: rules[0].when.all[0].not.all[0].all[0].flag must not lead back to itself: ' +
          'flag growthbook-36-flag2 -> flag growthbook-36-flag1 -> flag growthbook-36-flag2',
      ],
    },
  },
  'unleash.json': {
    asked: 198,
    refused: {
      'unleash-5': [`Feature.remoteAddress.C: rules[0].when.all[0].values[1] ${ADDRESS}`],
      'unleash-20': [
        `invalid-regex-defaults-to-false: rules[0].when.all[0].value ${REGEX}: missing closing ): \`(regex\``,
        `R90.reject_lookahead: rules[0].when.all[0].value ${REGEX}: invalid or unsupported Perl syntax: \`(?=\``,
        `R91.reject_backreference: rules[0].when.all[0].value ${REGEX}: invalid escape sequence: \`\\1\``,
      ],
      'unleash-21': ['CIDR.mixed.values', 'CIDR.invalid.only', 'CIDR.ipv6.mixed.values'].map(
        (flag) => `${flag}: rules[0].when.all[0].values[0] ${ADDRESS}`,
      ),
    },
  },
};

const own = ownServer();

const write = (method: string, path: string, body: object) => own.server.ask<Problem>(method, path, body);

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
  `${group}-${name}`.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);

/** What of a group could be stored. */
interface Stored {
  readonly flags: ReadonlySet<string>;
  /** Why the others could not, as `flag: path message`. */
  readonly refused: readonly string[];
}

/** Writes a group. What only imports have is refused, as it should be. */
async function store({ definitions, name: group }: Group & { readonly name: string }): Promise<Stored> {
  const { flags, segments, lists } = definitions;
  for (const [name, members] of Object.entries(lists).filter(([, each]) => isStorable(each))) {
    const { status } = await write('POST', '/lists', { key: keyOf(name, group), name, members });
    expect(status).toBe(201);
  }
  const refused: string[] = [];
  const note = (name: string, { status, body }: Awaited<ReturnType<typeof write>>): boolean => {
    if (status < 300) return true;
    refused.push(
      ...(body.errors ?? [{ path: '', message: `is ${status}` }]).map((e) => `${name}: ${e.path} ${e.message}`),
    );
    return false;
  };
  for (const [name, condition] of Object.entries(segments)) {
    const body = { key: keyOf(name, group), name, condition: named(condition, group, lists) };
    note(`segment ${name}`, await write('POST', '/segments', body));
  }
  const stored = new Set<string>();
  for (const [name, flag] of Object.entries(flags)) {
    const key = keyOf(name, group);
    const document = { ...(named(flag, group, lists) as Members), key };
    if (note(name, await write('PUT', `/flags/${key}/definition`, document))) stored.add(name);
  }
  // A flag that looks at something that is missing is not the flag of the case.
  const looksAround = /"(?:flag|segment)":/.test(JSON.stringify(flags));
  return { flags: refused.length > 0 && looksAround ? new Set() : stored, refused };
}

/**
 * Whether the protocol can put the question at all: it always names a user, knows neither overrides nor stored arms, and its
 * moment is that of the server.
 */
function canBeAsked({ context, options = {} }: Case, text: string): boolean {
  const hasUser = (typeof context['userId'] === 'string' && context['userId'] !== '') || !text.includes('userId');
  const { now, ...given } = options;
  const hasMoment = (now ?? context['$now'] ?? null) !== null && text.includes('$now');
  const isPlain = Object.values(given).every((each) => Object.keys(each ?? {}).length === 0);
  return isPlain && hasUser && !hasMoment;
}

/** What is answered otherwise than expected; undefined when nothing is. */
async function failure({ key: flag = '', context, expected }: Case, group: string): Promise<unknown> {
  const response = await patientFetch(`${own.server.url}/ofrep/v1/evaluate/flags/${keyOf(flag, group)}`, {
    method: 'POST',
    headers: { 'x-api-key': own.serverKey, 'content-type': 'application/json' },
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
  const failures: unknown[] = [];
  const refused: Record<string, readonly string[]> = {};
  let [asked, total] = [0, 0];
  for (const group of flagGroups(file)) {
    const stored = await store(group);
    if (stored.refused.length > 0) refused[group.name] = stored.refused;
    const text = JSON.stringify(group.definitions);
    const isUnknown = ({ key = '' }: Case): boolean => !Object.hasOwn(group.definitions.flags, key);
    for (const each of group.cases) {
      total += 1;
      const isThere = stored.flags.has(each.key ?? '') || (isUnknown(each) && stored.refused.length === 0);
      if (!isThere || !canBeAsked(each, text)) continue;
      asked += 1;
      const answer = await failure(each, group.name);
      if (answer !== undefined) failures.push({ group: group.name, ...each, answer });
    }
  }
  const passed = `${asked - failures.length} passed, ${failures.length} failed, ${total - asked} could not be asked`;
  const kinds = Object.values(refused).flat().length;
  process.stdout.write(`${file} through OFREP: ${passed}; ${kinds} complaints about definitions\n`);
  expect(failures.slice(0, 3)).toEqual([]);
  const published = PUBLISHED[file];
  if (published === undefined) process.stdout.write(`${JSON.stringify(refused, null, 1)}\n`);
  else expect({ asked, refused }).toEqual(published);
}

for (const file of FILES) {
  const patience = 120_000 + 30 * flagGroups(file).reduce((sum, { cases }) => sum + cases.length, 0);
  it(`rules/${file}, written through the API, are answered alike by OFREP`, () => check(file), patience);
}
// Vectors lie beside the repository: a clone without them has nothing to write through the API.
if (FILES.length === 0) it.skip('rule vectors are not there', () => undefined);
