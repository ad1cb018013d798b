import type { FlagRevision, Flag, FlagSchedule, Page, Problem } from '@assay/contracts';
import { FlagScheduleJob } from '../schedules/schedule.job.js';
import { flagCalls } from '../testing/flag-calls.js';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
const { create, read, held } = flagCalls(() => flags);

const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

/** Makes the plans of a flag due. */
const letDue = (flag: Flag) =>
  flags.sql.query(`update experimentation.flag_schedules set at = now() - interval '1 s' where feature_flag_id = $1`, [
    flag.id,
  ]);

const runDue = () => flags.app.get(FlagScheduleJob).runDue();

describe('a planned change', () => {
  it('is made at its time, once, by whoever planned it; a ramp step by step', async () => {
    const flag = await create({ status: 'ACTIVE' });
    const steps = [10, 50, 100].map((rolloutPercentage, index) => ({
      at: soon(60_000 * (index + 1)),
      rolloutPercentage,
    }));
    const { status, body } = await flags.call<{ steps: FlagSchedule[] }>('POST', `/flags/${flag.key}/ramps`, { steps });
    expect([status, body.steps.map((step) => step.status)]).toEqual([201, ['PENDING', 'PENDING', 'PENDING']]);
    expect(await runDue()).toBe(0);
    await letDue(flag);
    const made = await Promise.all([runDue(), runDue()]);
    expect(Math.max(...made)).toBe(3);
    const { items } = (await flags.call<Page<FlagRevision>>('GET', `/flags/${flag.key}/revisions`)).body;
    expect(items.map(({ change, definition }) => [change, definition.rolloutPercentage])).toEqual([
      ['scheduled', 100],
      ['scheduled', 50],
      ['scheduled', 10],
      ['created', 0],
    ]);
    const list = await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules?sort=at`);
    expect(list.body.items.map((each) => each.status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await runDue()).toBe(0);
  });

  it('fails with its reason when it does not fit any more, and can be cancelled', async () => {
    const flag = await create({ type: 'string', variants: [{ key: 'a', value: 'A', weight: 100 }] });
    const plan = async (change: object) =>
      (await flags.call<FlagSchedule>('POST', `/flags/${flag.key}/schedules`, { at: soon(60_000), change })).body;
    const [bad, dropped] = [await plan({ defaultVariant: 'none' }), await plan({ name: 'never' })];
    expect((await flags.call('DELETE', `/flags/${flag.key}/schedules/${dropped.id}`)).status).toBe(204);
    await letDue(flag);
    await runDue();
    const list = (await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules`)).body.items;
    expect(list.find(({ id }) => id === bad.id)).toMatchObject({
      status: 'FAILED',
      failure: 'defaultVariant: must be one of the variants: a',
    });
    expect(list.find(({ id }) => id === dropped.id)?.status).toBe('CANCELLED');
    const never = await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules?q=nobody&sort=-at`);
    expect([never.status, never.body.total]).toEqual([200, 0]);
    expect((await read(flag.key)).version).toBe(1);
  });

  it('may be of one environment alone, and lies ahead', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 100 });
    const path = `/flags/${flag.key}/schedules`;
    const past = await flags.call<Problem>('POST', path, { at: soon(-1_000), change: { status: 'INACTIVE' } });
    expect([past.status, past.body.errors?.[0]?.path]).toEqual([400, 'at']);
    const change = { status: 'INACTIVE' };
    await flags.call('POST', path, { at: soon(60_000), change, environment: 'staging' });
    await letDue(flag);
    expect(await runDue()).toBe(1);
    expect(held(flag.key)?.document['on']).toBe(true);
    expect(Object.values(held(flag.key)?.environments ?? {}).map((document) => document['on'])).toEqual([false]);
  });
});
