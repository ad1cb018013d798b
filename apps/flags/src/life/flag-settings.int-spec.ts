import type { Flag, FlagEnvironment, Problem } from '@assay/contracts';
import { flagCalls } from '../testing/flag-calls.js';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
const { create, patch, held } = flagCalls(() => flags);

describe('an environment', () => {
  const inStaging = (flag: Flag, fields?: object) =>
    flags.call<FlagEnvironment & Problem>(
      fields === undefined ? 'GET' : 'PATCH',
      `/flags/${flag.key}/environment?environment=staging`,
      fields,
    );

  it('has settings of its own, and those of the flag where it has none', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 100 });
    const { body } = await inStaging(flag, { status: 'INACTIVE' });
    expect(body).toMatchObject({ environment: 'staging', settings: { status: 'INACTIVE' }, document: { on: false } });
    const definition = held(flag.key);
    expect(definition?.document['on']).toBe(true);
    expect(Object.values(definition?.environments ?? {}).map((document) => document['on'])).toEqual([false]);
    await inStaging(flag, { status: null, rolloutPercentage: 25 });
    await patch(flag.key, { status: 'INACTIVE' });
    expect((await inStaging(flag)).body).toMatchObject({
      settings: { rolloutPercentage: 25 },
      document: { on: false },
    });
    await inStaging(flag, { rolloutPercentage: null });
    expect(held(flag.key)?.environments).toEqual({});
  });

  it('is refused what does not fit the flag, and keeps the flag from what does not fit it', async () => {
    const flag = await create({ type: 'string', variants: [{ key: 'a', value: 'A', weight: 100 }] });
    const wrong = await inStaging(flag, { defaultVariant: 'none' });
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([400, 'defaultVariant']);
    expect((await inStaging(flag, { defaultVariant: 'a' })).status).toBe(200);
    const renamed = await patch(flag.key, { variants: [{ key: 'b', value: 'B', weight: 100 }] });
    expect(renamed.status).toBe(400);
  });
});

describe('a schema for values', () => {
  const valueSchema = { type: 'object', required: ['size'], properties: { size: { type: 'integer', minimum: 1 } } };
  const variant = (value: object) => ({ key: 'v', value, weight: 100 });

  it('is checked itself, and checks variants, overrides and definitions written by hand', async () => {
    const asked = { key: 'schema-0', name: 'x', type: 'json', valueSchema };
    const refused = async (fields: object) =>
      (await flags.call<Problem>('POST', '/flags', { ...asked, ...fields })).body.errors?.map(({ path }) => path);
    expect(await refused({ variants: [variant({ size: 0 })] })).toEqual(['variants[0].value']);
    expect(await refused({ valueSchema: { type: 'nonsense' }, variants: [variant({})] })).toEqual(['valueSchema']);
    const { key } = await create({ ...asked, key: 'schema-1', variants: [variant({ size: 3 })] });
    const override = await flags.call<Problem>('POST', `/flags/${key}/overrides`, {
      userId: 'u',
      value: { size: 'x' },
    });
    expect([override.status, override.body.errors?.[0]?.path]).toEqual([400, 'value']);
    const document = { type: 'json', on: true, variants: { a: { size: 1.5 } }, off: null, rules: [] };
    const byHand = await flags.call<Problem>('PUT', `/flags/${key}/definition`, document);
    expect(byHand.body.errors?.[0]?.path).toBe('variants.a');
  });
});
