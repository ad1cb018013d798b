import { auditRecorded, flagChanged, type Flag, type FlagRevision, type Page, type Problem } from '@assay/contracts';
import { FlagCatalog } from '@assay/definitions';
import { compileDefinitions, type Flag as Document } from '@assay/evaluation';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());

let made = 0;
const nextKey = (): string => `flag-${(made += 1)}`;

const SHADES = [
  { key: 'light', value: '#fff', weight: 50 },
  { key: 'dark', value: '#000', weight: 50 },
];

async function create(fields: object = {}): Promise<Flag> {
  const { status, body } = await flags.call<Flag>('POST', '/flags', { key: nextKey(), name: 'A flag', ...fields });
  if (status !== 201) throw new Error(`creating a flag answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

const patch = (flag: Flag, fields: object, headers = {}) =>
  flags.call<Flag>('PATCH', `/flags/${flag.key}`, fields, { headers });

/** What a user gets from the document that other processes are told of. */
async function evaluate(key: string, userId: string, context: object = {}, now = Date.now()) {
  const { rows } = await flags.sql.query<{ definition: Document }>(
    'SELECT definition FROM experimentation.feature_flags WHERE key = $1',
    [key],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no flag ${key}`);
  return compileDefinitions({ flags: { [key]: row.definition } }).evaluate(key, { ...context, userId }, { now });
}

/** The messages on the log, by the data they carry. */
async function messages<T>(topic: { name: string }, key: string, expected: number): Promise<T[]> {
  for (let waited = 0; waited < 400; waited += 1) {
    const found = flags.told
      .filter((each) => each.topic === topic.name && each.key === key)
      .map(({ data }) => data as T);
    if (found.length >= expected) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [];
}

describe('a flag', () => {
  it('is created with defaults, read by id and key, listed, changed and deleted', async () => {
    const flag = await create({ tags: ['ui'] });
    expect(flag).toMatchObject({
      type: 'boolean',
      status: 'INACTIVE',
      rolloutPercentage: 0,
      targetingRules: [],
      variants: [],
      defaultVariant: null,
      offVariant: null,
      clientSide: false,
      expertDefinition: false,
      version: 1,
    });
    for (const name of [flag.id, flag.key]) {
      const { body, headers } = await flags.call<Flag>('GET', `/flags/${name}`);
      expect(body).toEqual(flag);
      expect(headers.get('etag')).toBe('"1"');
    }
    const list = await flags.call<Page<Flag>>('GET', '/flags?tag=ui&status=INACTIVE&clientSide=false&q=A%20flag');
    expect(list.body.items.map(({ id }) => id)).toContain(flag.id);
    const changed = await patch(flag, { name: 'Renamed', tags: null }, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ name: 'Renamed', tags: [], version: 2 });
    expect((await patch(flag, { name: 'Late' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await patch(flag, { name: 'Renamed' })).body.version).toBe(2);
    expect(
      (await flags.call('DELETE', `/flags/${flag.key}`, undefined, { headers: { 'if-match': '"1"' } })).status,
    ).toBe(412);
    expect((await flags.call('DELETE', `/flags/${flag.key}`)).status).toBe(204);
    expect((await flags.call('GET', `/flags/${flag.key}`)).status).toBe(404);
    expect((await flags.call('POST', '/flags', { key: flag.key, name: 'Again' })).status).toBe(201);
  });

  it('tells of every change: revision, audit, and the definition for the others', async () => {
    const flag = await create();
    await patch(flag, { status: 'ACTIVE', rolloutPercentage: 100 });
    const { body } = await flags.call<Page<FlagRevision>>('GET', `/flags/${flag.key}/revisions`);
    expect(body.items.map(({ version, change }) => [version, change])).toEqual([
      [2, 'updated'],
      [1, 'created'],
    ]);
    expect(body.items[0]?.document).toMatchObject({ on: true });
    await flags.call('DELETE', `/flags/${flag.key}`);
    const changes = await messages<{ deleted: boolean; definition: { version: number } }>(flagChanged, flag.id, 3);
    expect(changes.map(({ deleted, definition }) => [deleted, definition.version])).toEqual([
      [false, 1],
      [false, 2],
      [true, 2],
    ]);
    const audit = await messages<{ action: string; before: unknown }>(auditRecorded, flag.id, 3);
    expect(audit.map(({ action }) => action)).toEqual([
      'feature_flag.created',
      'feature_flag.updated',
      'feature_flag.deleted',
    ]);
    expect(audit[1]?.before).toMatchObject({ status: 'INACTIVE' });
  });

  it('is known in this process when its answer arrives', async () => {
    const catalog = flags.app.get(FlagCatalog);
    const flag = await create({ status: 'ACTIVE' });
    expect(catalog.find(flags.projectId, flag.key)?.version).toBe(1);
    await patch(flag, { status: 'INACTIVE' });
    expect(catalog.find(flags.projectId, flag.key)?.document).toMatchObject({ on: false });
    await flags.call('DELETE', `/flags/${flag.key}`);
    expect(catalog.find(flags.projectId, flag.key)).toBeUndefined();
  });

  it('does not share its key with a flag or an experiment', async () => {
    const flag = await create();
    const twice = await flags.call<Problem>('POST', '/flags', { key: flag.key, name: 'Twice' });
    expect(twice.status).toBe(409);
    expect(twice.body.errors).toMatchObject([{ path: 'key' }]);
    await flags.sql.query(
      `INSERT INTO experimentation.definition_keys (project_id, key, kind, resource_id) VALUES ($1, 'taken', 'experiment', $2)`,
      [flags.projectId, flag.id],
    );
    expect((await flags.call('POST', '/flags', { key: 'taken', name: 'Taken' })).status).toBe(409);
  });

  it('is made once under an Idempotency-Key', async () => {
    const body = { key: nextKey(), name: 'Once' };
    const headers = { 'idempotency-key': body.key };
    const first = await flags.call<Flag>('POST', '/flags', body, { headers });
    const second = await flags.call<Flag>('POST', '/flags', body, { headers });
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
  });

  it('is not for server keys', async () => {
    const { status } = await flags.call('POST', '/flags', { key: nextKey(), name: 'x' }, { as: flags.serverKey });
    expect(status).toBe(403);
  });
});

describe('what users get', () => {
  const users = Array.from({ length: 400 }, (_, index) => `user-${index}`);
  const valuesOf = async (key: string) => {
    const results = await Promise.all(users.map((userId) => evaluate(key, userId)));
    return new Map(users.map((userId, index) => [userId, results[index]?.value]));
  };

  it('grows with the rollout: nobody loses the flag, nobody changes variant', async () => {
    const flag = await create({
      status: 'ACTIVE',
      type: 'string',
      variants: SHADES,
      offVariant: 'light',
      rolloutPercentage: 5,
    });
    await patch(flag, { variants: [...SHADES, { key: 'off', value: 'none', weight: 0 }], offVariant: 'off' });
    let before = await valuesOf(flag.key);
    for (const rolloutPercentage of [20, 50, 100]) {
      await patch(flag, { rolloutPercentage });
      const after = await valuesOf(flag.key);
      for (const [userId, value] of before) if (value !== 'none') expect(after.get(userId)).toBe(value);
      const reached = [...after.values()].filter((value) => value !== 'none').length;
      expect(Math.abs(reached - 4 * rolloutPercentage)).toBeLessThan(50);
      before = after;
    }
    const light = [...before.values()].filter((value) => value === '#fff').length;
    expect(Math.abs(light - 200)).toBeLessThan(50);
  });

  it('ends with the kill switch, whatever rules and overrides say', async () => {
    const flag = await create({
      status: 'ACTIVE',
      rolloutPercentage: 100,
      offVariant: 'off',
      targetingRules: [{ when: true, serve: { variant: 'on' } }],
    });
    await flags.call('POST', `/flags/${flag.key}/overrides`, { userId: 'u1', value: true });
    expect(await evaluate(flag.key, 'u1')).toMatchObject({ value: true, on: true });
    await patch(flag, { status: 'INACTIVE' });
    expect(await evaluate(flag.key, 'u1')).toMatchObject({ value: false, on: false, reason: 'DISABLED' });
    await patch(flag, { offVariant: null });
    expect(await evaluate(flag.key, 'u1')).toMatchObject({ variant: null, reason: 'DISABLED' });
    await patch(flag, { status: 'ACTIVE' });
    expect(await evaluate(flag.key, 'u1')).toMatchObject({ value: true });
  });

  it('follows the order override, targeting, rollout', async () => {
    const flag = await create({
      status: 'ACTIVE',
      type: 'number',
      variants: [
        { key: 'low', value: 1, weight: 100 },
        { key: 'high', value: 2 },
      ],
      rolloutPercentage: 100,
      targetingRules: [{ id: 'no', when: { attr: 'country', op: 'in', values: ['NO'] }, serve: { variant: 'high' } }],
    });
    await flags.call('POST', `/flags/${flag.key}/overrides`, { userId: 'u1', value: 42, reason: 'support case' });
    expect(await evaluate(flag.key, 'u1', { country: 'NO' })).toMatchObject({ value: 42 });
    expect(await evaluate(flag.key, 'u2', { country: 'NO' })).toMatchObject({ value: 2, ruleId: 'no' });
    expect(await evaluate(flag.key, 'u2', { country: 'SE' })).toMatchObject({ value: 1 });
  });
});

describe('bad input', () => {
  const ref = { attr: 'a', op: 'in', values: [1] };
  const deep = (levels: number): unknown => (levels === 0 ? true : { not: deep(levels - 1) });
  const rule = (when: unknown, serve: unknown = { variant: 'on' }) => ({ targetingRules: [{ when, serve }] });

  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['a rollout of 101', { rolloutPercentage: 101 }, 'rolloutPercentage'],
    ['a text flag without variants', { type: 'string' }, 'variants'],
    [
      'a value of another type',
      { type: 'string', variants: [{ key: 'a', value: 1, weight: 100 }] },
      'variants[0].value',
    ],
    ['weights that add up to 90', { type: 'string', variants: [{ ...SHADES[0], weight: 40 }, SHADES[1]] }, 'variants'],
    ['a variant twice', { type: 'string', variants: [SHADES[0], SHADES[0]] }, 'variants[1].key'],
    ['an unknown default', { defaultVariant: 'maybe' }, 'defaultVariant'],
    ['an unknown off', { offVariant: 'maybe' }, 'offVariant'],
    ['a rule that serves nobody knows what', rule(true, { variant: 'maybe' }), 'targetingRules[0].serve.variant'],
    ['an unknown operator', rule({ ...ref, op: 'almost' }), 'targetingRules[0].when.op'],
    ['a look-around', rule({ attr: 'a', op: 'matches', values: ['(?=a)'] }), 'targetingRules[0].when.values[0]'],
    ['a bad network', rule({ attr: 'a', op: 'inCidr', values: ['10.0.0.0/33'] }), 'targetingRules[0].when.values[0]'],
    [
      'a salt with a colon',
      rule({ bucket: { salt: 'a:b', unit: ['userId'], in: [[0, 1]] } }),
      'targetingRules[0].when.bucket.salt',
    ],
    [
      'a rule with a made-up id',
      { targetingRules: [{ id: 'rollout', when: true, serve: { off: true } }] },
      'targetingRules[0].id',
    ],
    ['a NUL in a name', { name: 'a\u0000' }, 'name'],
    ['a key with a colon', { key: 'a:b' }, 'key'],
  ])('%s is 400 with its path, and nothing is stored', async (_, fields, path) => {
    const key = nextKey();
    const { status, body } = await flags.call<Problem>('POST', '/flags', { key, name: 'Bad', ...fields });
    expect(status).toBe(400);
    expect(body.code).toBe('validation_failed');
    expect(body.errors?.map((error) => error.path)).toContain(path);
    const { rows } = await flags.sql.query('SELECT 1 FROM experimentation.definition_keys WHERE key = $1', [key]);
    expect(rows).toEqual([]);
  });

  it('a condition that is too deep is refused, where it becomes so', async () => {
    const { status, body } = await flags.call<Problem>('POST', '/flags', {
      key: nextKey(),
      name: 'Deep',
      ...rule(deep(40)),
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.path).toMatch(/^targetingRules\[0\]\.when(\.not){31,}/);
  });

  it('flags that wait for each other are refused', async () => {
    const needs = (flag: string) => rule({ flag, attr: 'on', op: 'in', values: [true] });
    const first = await create();
    const second = await create(needs(first.key));
    const { status, body } = await patch(first, needs(second.key));
    expect(status).toBe(400);
    expect((body as unknown as Problem).errors).toMatchObject([{ path: 'targetingRules[0].when.flag' }]);
    expect((await flags.call<Flag>('GET', `/flags/${first.key}`)).body.version).toBe(1);
    expect((await patch(first, needs(first.key))).status).toBe(400);
  });
});
