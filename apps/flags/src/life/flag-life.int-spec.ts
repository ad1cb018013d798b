import {
  flagStale,
  type Flag,
  type FlagEvaluations,
  type FlagRevision,
  type Page,
  type Problem,
} from '@assay/contracts';
import { until } from '@assay/testing';
import { EvaluationsRepository } from '../evaluations/evaluations.repository.js';
import { StalenessJob } from '../staleness/staleness.job.js';
import { flagCalls } from '../testing/flag-calls.js';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
const { create, read, patch, held } = flagCalls(() => flags);

describe('copies, archive, way back', () => {
  it('a clone has the settings, is off and reaches other units', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 50, tags: ['x'] });
    const { body, status } = await flags.call<Flag>('POST', `/flags/${flag.key}/clone`, { key: `${flag.key}-copy` });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'INACTIVE', rolloutPercentage: 50, tags: ['x'], version: 1 });
    await patch(body.key, { status: 'ACTIVE' });
    const salts = [flag.key, body.key].map((key) => JSON.stringify(held(key)?.document['rules']));
    expect(salts[0]).not.toBe(salts[1]);
    expect((await flags.call('POST', `/flags/${flag.key}/clone`, { key: body.key })).status).toBe(409);
  });

  it('an archived flag is served no more, changes no more, and comes back switched off', async () => {
    const flag = await create({ status: 'ACTIVE' });
    const { body } = await flags.call<Flag>('POST', `/flags/${flag.key}/archive`);
    expect(body).toMatchObject({ status: 'INACTIVE', archivedAt: expect.any(String) as string });
    expect(held(flag.key)).toBeUndefined();
    expect((await patch(flag.key, { status: 'ACTIVE' })).body.code).toBe('archived');
    const keys = async (query: string) =>
      (await flags.call<Page<Flag>>('GET', `/flags?limit=200${query}`)).body.items.map(({ key }) => key);
    expect(await keys('')).not.toContain(flag.key);
    expect(await keys('&archived=true')).toContain(flag.key);
    await flags.call('POST', `/flags/${flag.key}/unarchive`);
    expect(held(flag.key)?.document['on']).toBe(false);
  });

  it('is neither archived nor deleted while something that is served reads it, in whichever environment', async () => {
    const read = await create();
    const condition = { flag: read.key, attr: 'value', op: 'in', values: [true] };
    const rule = { when: { not: condition }, serve: { off: true } };
    const byRule = await create({ key: 'reads-by-rule', targetingRules: [rule] });
    const inStaging = await create({ key: 'reads-in-staging' });
    await flags.call('PATCH', `/flags/${inStaging.key}/environment?environment=staging`, { targetingRules: [rule] });
    await flags.call('POST', '/segments', { key: 'reads-a-flag', name: 'C', condition: { any: [condition] } });
    await create({ type: 'json', variants: [{ key: 'v', value: { flag: read.key }, weight: 100 }] });
    const archive = () => flags.call<Problem>('POST', `/flags/${read.key}/archive`);
    for (const refused of [await archive(), await flags.call<Problem>('DELETE', `/flags/${read.key}`)]) {
      expect([refused.status, refused.body.code]).toEqual([409, 'in_use']);
      expect(refused.body.detail).toContain(
        'is read by flag reads-by-rule, flag reads-in-staging, segment reads-a-flag: change',
      );
    }
    expect((await flags.call('POST', `/flags/${byRule.key}/archive`)).status).toBe(200);
    await flags.call('DELETE', `/flags/${inStaging.key}`);
    await flags.call('DELETE', '/segments/reads-a-flag');
    expect((await archive()).status).toBe(200);
    expect((await flags.call('DELETE', `/flags/${read.key}`)).status).toBe(204);
  });

  it('versions are compared, and one is restored', async () => {
    const flag = await create({ tags: ['a'], rolloutPercentage: 10 });
    await patch(flag.key, { rolloutPercentage: 20, tags: ['b'] });
    await flags.call('PUT', `/flags/${flag.key}/definition`, {
      type: 'boolean',
      on: true,
      variants: { yes: true },
      off: null,
      rules: [],
      default: { variant: 'yes' },
    });
    const diff = await flags.call<{ differences: unknown }>('GET', `/flags/${flag.key}/revisions/1/diff?to=2`);
    expect(diff.body.differences).toEqual([
      { path: 'rolloutPercentage', from: 10, to: 20 },
      { path: 'tags[0]', from: 'a', to: 'b' },
    ]);
    const restored = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/1/restore`, { reason: 'was better' });
    expect(restored.body).toMatchObject({ version: 4, rolloutPercentage: 10, tags: ['a'], expertDefinition: false });
    const found = await flags.call<Page<FlagRevision>>('GET', `/flags/${flag.key}/revisions?q=BETTER&sort=version`);
    expect(found.body.items.map(({ version }) => version)).toEqual([4]);
    const headers = { 'idempotency-key': `back-${flag.key}` };
    const once = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/3/restore`, {}, { headers });
    const twice = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/3/restore`, {}, { headers });
    expect([once.body.version, twice.body]).toEqual([5, once.body]);
    expect(held(flag.key)?.document).toMatchObject({ on: true, variants: { yes: true }, default: { variant: 'yes' } });
    expect((await flags.call('GET', `/flags/${flag.key}/revisions/99/diff`)).status).toBe(404);
  });
});

describe('what is evaluated', () => {
  const environmentId = '0190b6a2-0000-7000-8000-000000000001';

  it('is counted by day and variant, and keeps a flag from being stale', async () => {
    const [used, unused, done] = [
      await create({ status: 'ACTIVE' }),
      await create({ status: 'ACTIVE' }),
      await create({ status: 'ACTIVE', rolloutPercentage: 100 }),
    ];
    const count = (variant: string, count: number) => ({ flagId: used.id, variant, count });
    const message = {
      projectId: flags.projectId,
      environmentId,
      at: Date.now(),
      counts: [count('on', 5), count('', 2)],
    };
    const repository = flags.app.get(EvaluationsRepository);
    await repository.add(flags.sql, [message, message]);
    const { body } = await flags.call<FlagEvaluations>('GET', `/flags/${used.key}/evaluations`);
    expect(body).toMatchObject({ total: 14, lastEvaluatedAt: new Date(message.at).toISOString() });
    expect(body.counts.map(({ variant, count }) => [variant, count])).toEqual([
      [null, 4],
      ['on', 10],
    ]);
    const ids = [used.id, unused.id, done.id];
    await flags.sql.query(
      `update experimentation.feature_flags set created_at = now() - interval '40 d', updated_at = now() - interval '40 d' where id = any($1)`,
      [ids],
    );
    const job = flags.app.get(StalenessJob);
    expect(await job.run()).toBe(2);
    expect(await job.run()).toBe(0);
    const stale = await Promise.all([used, unused, done].map(async ({ key }) => (await read(key)).stale?.reason));
    expect(stale).toEqual([undefined, 'not_evaluated', 'fully_rolled_out']);
    const list = await flags.call<Page<Flag>>('GET', '/flags?stale=true');
    expect(list.body.items.map(({ key }) => key).sort()).toEqual([unused.key, done.key].sort());
    const told = () => flags.told.filter(({ topic }) => topic === flagStale.name);
    await until(() => told().length >= 2);
    expect(
      told()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([unused.id, done.id].sort());
    await repository.add(flags.sql, [{ ...message, counts: [{ flagId: unused.id, variant: 'on', count: 1 }] }]);
    expect(await job.run()).toBe(1);
    expect((await read(unused.key)).stale).toBeNull();
  });
});
