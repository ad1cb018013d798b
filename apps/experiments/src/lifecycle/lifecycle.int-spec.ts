import {
  EXPERIMENT_STATUSES,
  TRANSITIONS,
  type Experiment,
  type ExperimentRevision,
  type Page,
} from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { until } from '@assay/testing';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';

const HOUR = 3_600_000;
const decision = { decision: 'ship', reason: 'better' };

let app: ExperimentsApp;

beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());
beforeEach(() => app.advance(0));

async function make(change: object = {}): Promise<Experiment> {
  const { status, body } = await app.call('POST', '/experiments', { body: experimentBody(change) });
  expect(status).toBe(201);
  return body;
}

const bodyOf = (action: string): object => (action === 'complete' ? decision : {});
const act = (id: string, action: string, body = bodyOf(action)) =>
  app.call('POST', `/experiments/${id}/${action}`, { body });
const read = async (id: string): Promise<Experiment> => (await app.call('GET', `/experiments/${id}`)).body;
const changes = async (id: string): Promise<ExperimentRevision[]> =>
  (await app.call<Page<ExperimentRevision>>('GET', `/experiments/${id}/revisions`)).body.items;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

/** How to get an experiment into each status, through the interface alone. */
const WAYS = {
  DRAFT: [],
  ACTIVE: ['start'],
  PAUSED: ['start', 'pause'],
  COMPLETED: ['start', 'complete'],
  ARCHIVED: ['archive'],
} as const;
const ALLOWED: Record<string, Record<string, string>> = {
  DRAFT: { start: 'ACTIVE', archive: 'ARCHIVED' },
  ACTIVE: { pause: 'PAUSED', complete: 'COMPLETED' },
  PAUSED: { resume: 'ACTIVE', complete: 'COMPLETED', archive: 'ARCHIVED' },
  COMPLETED: { archive: 'ARCHIVED' },
  ARCHIVED: {},
};

describe('transitions', () => {
  it.each(EXPERIMENT_STATUSES)('from %s lead where they should, and nowhere else', async (from) => {
    for (const action of TRANSITIONS) {
      const { id } = await make();
      for (const step of WAYS[from]) expect((await act(id, step)).status).toBe(200);
      const before = await read(id);
      const answer = await app.call<Experiment & { code: string; detail: string }>(
        'POST',
        `/experiments/${id}/${action}`,
        { body: bodyOf(action) },
      );
      const to = ALLOWED[from]?.[action];
      if (to !== undefined) {
        expect([action, answer.status, answer.body.status]).toEqual([action, 200, to]);
        expect(answer.headers.get('etag')).toBe(`"${before.version + 1}"`);
        expect(await read(id)).toEqual(answer.body);
      } else {
        expect([action, answer.status, answer.body.code]).toEqual([action, 409, 'invalid_transition']);
        expect(answer.body.detail).toContain(from);
        for (const possible of Object.keys(ALLOWED[from] ?? {})) expect(answer.body.detail).toContain(possible);
        expect(await read(id)).toEqual(before);
      }
    }
  });

  it('note when it started, when it ended, and what was decided', async () => {
    const { id } = await make({ endDate: inHours(48) });
    const started = (await act(id, 'start')).body;
    expect(started.startDate).toBe(started.startedAt);
    app.advance(HOUR);
    const completed = (await act(id, 'complete')).body;
    expect(completed.decision).toEqual({ decision: 'ship', winner: 'gate_40', reason: 'better' });
    expect(Date.parse(completed.endDate ?? '') - Date.parse(started.startDate ?? '')).toBeGreaterThanOrEqual(HOUR);
    expect(Date.parse(completed.endDate ?? '')).toBeLessThan(Date.now() + 2 * HOUR);
  });

  it('refuse a stale version and do nothing twice for one Idempotency-Key', async () => {
    const { id } = await make();
    const stale = await app.problem('POST', `/experiments/${id}/start`, { body: {}, headers: { 'if-match': '"9"' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    const headers = { 'if-match': '"1"', 'idempotency-key': `start-${id}` };
    const first = await app.call('POST', `/experiments/${id}/start`, { body: {}, headers });
    const again = await app.call('POST', `/experiments/${id}/start`, { body: {}, headers });
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
  });

  it('happen once when many ask at once', async () => {
    const { id } = await make();
    const answers = await Promise.all(Array.from({ length: 6 }, () => act(id, 'start')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect((await changes(id)).map(({ change }) => change)).toEqual(['started', 'created']);
  });

  it('are known to who evaluates in this process when their answer is there, without the log', async () => {
    // Nothing carries the messages of this process into the log.
    const held = app.nest.get(ExperimentCatalog);
    const { id } = await make();
    for (const action of ['start', 'pause', 'resume', 'amendments', 'complete', 'archive']) {
      const body = action === 'amendments' ? { change: { coverage: 50 }, reason: 'care' } : bodyOf(action);
      const { status, version, coverage } = (await act(id, action, body)).body;
      expect(held.get(id)).toMatchObject({ status, version, coverage });
    }
    const planned = await make({ startDate: inHours(1) });
    app.advance(2 * HOUR);
    await app.schedule.runDue();
    expect(held.get(planned.id)?.status).toBe('ACTIVE');
    const draft = await make();
    expect(held.get(draft.id)?.status).toBe('DRAFT');
    await app.call('DELETE', `/experiments/${draft.id}`);
    expect(held.get(draft.id)).toBeUndefined();
  });

  it('need what they need', async () => {
    const { id } = await make();
    const ended = await make({ endDate: inHours(-1) });
    const refused = await app.problem('POST', `/experiments/${ended.id}/start`, { body: {} });
    expect([refused.status, refused.body.code, refused.body.errors?.[0]?.path]).toEqual([
      409,
      'not_startable',
      'endDate',
    ]);
    await act(id, 'start');
    for (const [body, path] of [
      [{}, 'decision'],
      [{ decision: 'ship' }, 'reason'],
      [{ decision: 'ship', winner: 'nobody', reason: 'r' }, 'winner'],
      [{ decision: 'inconclusive', winner: 'gate_40', reason: 'r' }, 'winner'],
      [{ ...decision, colour: 'red' }, 'colour'],
    ] as const) {
      const answer = await app.problem('POST', `/experiments/${id}/complete`, { body });
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
    }
    expect((await read(id)).status).toBe('ACTIVE');
  });
});

describe('planned start and end', () => {
  it('come at their time, once, by the platform', async () => {
    const { id } = await make({ startDate: inHours(1), endDate: inHours(3) });
    expect(await app.schedule.runDue()).toBe(0);
    app.advance(1.5 * HOUR);
    expect(await app.schedule.runDue()).toBe(1);
    expect(await app.schedule.runDue()).toBe(0);
    const active = await read(id);
    expect([active.status, active.version]).toEqual(['ACTIVE', 2]);
    expect(Date.parse(active.startedAt ?? '')).toBeGreaterThan(Date.parse(active.startDate ?? ''));
    app.advance(3 * HOUR);
    expect(await app.schedule.runDue()).toBe(1);
    expect(await app.schedule.runDue()).toBe(0);
    const completed = await read(id);
    expect(completed).toMatchObject({
      status: 'COMPLETED',
      endDate: active.endDate,
      decision: { decision: 'inconclusive', winner: null, reason: 'planned end' },
    });
    expect((await changes(id)).map(({ change, reason, actorId }) => [change, reason, actorId])).toEqual([
      ['completed', 'planned end', null],
      ['started', 'planned start', null],
      ['created', null, app.owner.id],
    ]);
    const audit = await app.sql<{ actor: string; action: string }>(
      `select envelope->'data'->>'actorName' as actor, envelope->'data'->>'action' as action from experimentation.outbox
       where key = ? and topic like '%audit%' order by id`,
      [id],
    );
    expect(audit).toEqual([
      { actor: app.owner.username, action: 'experiment.created' },
      { actor: 'assay', action: 'experiment.started' },
      { actor: 'assay', action: 'experiment.completed' },
    ]);
  });

  it('end what is paused as well', async () => {
    const { id } = await make({ endDate: inHours(1) });
    await act(id, 'start');
    await act(id, 'pause');
    app.advance(HOUR);
    expect(await app.schedule.runDue()).toBe(1);
    expect((await read(id)).status).toBe('COMPLETED');
  });

  it('do not come for a date that was past when it was written, nor after the plan was dropped', async () => {
    const past = await make({ startDate: inHours(-1) });
    const dropped = await make({ startDate: inHours(1) });
    await app.call('PATCH', `/experiments/${dropped.id}`, { body: { startDate: null } });
    const archived = await make({ startDate: inHours(1) });
    await act(archived.id, 'archive');
    app.advance(2 * HOUR);
    expect(await app.schedule.runDue()).toBe(0);
    expect((await read(past.id)).status).toBe('DRAFT');
  });

  it('leave a draft a draft that cannot start by then, and say why', async () => {
    const { id } = await make({ startDate: inHours(1), endDate: inHours(2) });
    app.advance(3 * HOUR);
    expect(await app.schedule.runDue()).toBe(1);
    expect(await app.schedule.runDue()).toBe(0);
    expect(await read(id)).toMatchObject({ status: 'DRAFT', startDate: null });
    const [last] = await changes(id);
    expect([last?.change, last?.reason]).toEqual(['unscheduled', expect.stringContaining('endDate has passed')]);
  });

  it('come before a change that is made after their time, even if the scheduler was not there', async () => {
    const { id } = await make({ startDate: inHours(1), endDate: inHours(4) });
    app.advance(2 * HOUR);
    const stale = await app.problem('PATCH', `/experiments/${id}`, {
      body: { name: 'x' },
      headers: { 'if-match': '"1"' },
    });
    expect(stale.body.code).toBe('version_conflict');
    const unit = await app.problem('PATCH', `/experiments/${id}`, { body: { unit: ['deviceId'] } });
    expect(unit.body.code).toBe('amendment_required');
    const renamed = await app.call('PATCH', `/experiments/${id}`, { body: { name: 'Renamed' } });
    expect([renamed.body.status, renamed.body.name, renamed.body.version]).toEqual(['ACTIVE', 'Renamed', 3]);
    app.advance(5 * HOUR);
    expect((await app.problem('POST', `/experiments/${id}/pause`, { body: {} })).body.code).toBe('invalid_transition');
  });

  it('are shared out among replicas', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => make({ startDate: inHours(1) })));
    app.advance(2 * HOUR);
    const replicas = await Promise.all([app.replica(), app.replica()]);
    const moved = await Promise.all([app, ...replicas].map(({ schedule }) => schedule.runDue()));
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(12);
    for (const { id } of made) expect((await changes(id)).map(({ change }) => change)).toEqual(['started', 'created']);
    await Promise.all(replicas.map((replica) => replica.close()));
  });
});

describe('the scheduler', () => {
  it('runs by itself, and ends with the process', async () => {
    const own = await startExperiments({ scheduleEveryMs: 50 });
    const body = experimentBody({ startDate: new Date(own.now().getTime() + 3_600_000).toISOString() });
    const { body: made } = await own.call('POST', '/experiments', { body });
    expect(made.status).toBe('DRAFT');
    own.advance(3_600_000);
    await until(async () => (await own.call('GET', `/experiments/${made.id}`)).body.status === 'ACTIVE');
    await own.close();
  });
});
