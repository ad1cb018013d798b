import type { Experiment, ExperimentDefinition, Holdout, Layer } from '@assay/contracts';
import { toExperimentDefinition } from '@assay/definitions';
import { compileCondition, type Cond } from '@assay/evaluation';
import { Experiment as ExperimentRow } from '@assay/models';
import { MikroORM } from '@mikro-orm/postgresql';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';

let app: ExperimentsApp;
beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());

let made = 0;
const name = (): string => `n-${(made += 1)}`;
const units = Array.from({ length: 2_000 }, (_, index) => `unit-${index}`);

const layer = async (fields: object = {}): Promise<Layer> => {
  const { status, body } = await app.call<Layer>('POST', '/layers', {
    body: { key: name(), name: 'A layer', ...fields },
  });
  expect(status).toBe(201);
  return body;
};

async function experiment(fields: object): Promise<Experiment> {
  const { body, status } = await app.call('POST', '/experiments', { body: experimentBody({ key: name(), ...fields }) });
  expect(status).toBe(201);
  return body;
}

const start = (key: string) => app.problem('POST', `/experiments/${key}/start`, { body: {} });
const complete = (key: string) =>
  app.call('POST', `/experiments/${key}/complete`, { body: { decision: 'inconclusive', reason: 'over' } });

/** What other services are told of the experiment. */
async function definitionOf(key: string): Promise<ExperimentDefinition> {
  const em = app.nest.get(MikroORM).em.fork();
  const populate = ['variants', 'metricDefinitions'] as const;
  return toExperimentDefinition(await em.findOneOrFail(ExperimentRow, { key }, { populate }));
}

async function unitsOf(key: string): Promise<Set<string>> {
  const { admission } = await definitionOf(key);
  const matches = compileCondition((admission?.layer?.condition ?? true) as Cond);
  return new Set(units.filter((userId) => matches({ userId })));
}

const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((unit) => b.has(unit)).length;

it('gives experiments disjoint parts as they start, at the same time too, and refuses what is left no more', async () => {
  const { key } = await layer();
  const asked = await Promise.all([40, 40, 40].map((coverage) => experiment({ layer: key, coverage })));
  const answers = await Promise.all(asked.map((each) => start(each.key)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
  const refusal = answers.find(({ status }) => status === 409);
  expect(refusal?.body).toMatchObject({ code: 'layer_refused', errors: [{ path: 'coverage' }] });
  expect(refusal?.body.detail).toContain('20');
  const started = asked.filter((_, index) => answers[index]?.status === 200);
  const [first, second] = await Promise.all(started.map((each) => unitsOf(each.key)));
  expect(shared(first ?? new Set(), second ?? new Set())).toBe(0);
  expect(Math.abs((first?.size ?? 0) / units.length - 0.4)).toBeLessThan(0.05);
  const { body } = await app.call<Layer>('GET', `/layers/${key}`);
  expect(body).toMatchObject({ free: 20, generation: 1 });
  expect(body.allocations.map((each) => each.experiment).sort()).toEqual(started.map((each) => each.key).sort());
});

it('gives freed space anew under another salt, not to the units of who had it before', async () => {
  const { key } = await layer();
  const [a, b, c] = [
    await experiment({ layer: key, coverage: 60 }),
    await experiment({ layer: key, coverage: 40 }),
    await experiment({ layer: key, coverage: 60 }),
  ];
  for (const each of [a, b]) expect((await start(each.key)).status).toBe(200);
  const before = await unitsOf(a.key);
  expect((await complete(a.key)).status).toBe(200);
  expect((await app.call<Layer>('GET', `/layers/${key}`)).body).toMatchObject({ free: 60 });
  expect((await start(c.key)).status).toBe(200);
  expect(shared(await unitsOf(b.key), await unitsOf(c.key))).toBe(0);
  const [old, next] = [await definitionOf(a.key), await definitionOf(c.key)];
  const salts = [old, next].map(({ admission }) => /"salt":"([^"]+)"/g.exec(JSON.stringify(admission))?.[1]);
  expect((await app.call<Layer>('GET', `/layers/${key}`)).body.generation).toBe(2);
  expect(JSON.stringify(next.admission)).toContain('.2"');
  expect(salts[0]).toContain('.1');
  // There is nobody else left than who a had: mixed again, they are all c's.
  expect(shared(before, await unitsOf(c.key))).toBe((await unitsOf(c.key)).size);
});

it('keeps an experiment in its part while it runs', async () => {
  const [one, two] = [await layer(), await layer()];
  const { key } = await experiment({ layer: one.key, coverage: 30 });
  expect((await start(key)).status).toBe(200);
  const more = await app.problem('PATCH', `/experiments/${key}`, { body: { coverage: 50 } });
  expect([more.status, more.body.code]).toEqual([409, 'layer_refused']);
  expect((await app.call('PATCH', `/experiments/${key}`, { body: { coverage: 15 } })).status).toBe(200);
  const move = { change: { layer: two.key }, reason: 'moves' };
  expect((await app.problem('POST', `/experiments/${key}/amendments`, { body: move })).body.code).toBe('layer_refused');
  expect((await app.problem('DELETE', `/layers/${one.key}`)).body.code).toBe('in_use');
  await complete(key);
  expect((await app.call('DELETE', `/layers/${one.key}`)).status).toBe(204);
});

it('refuses a unit that is not its own', async () => {
  const { key } = await layer({ unit: ['accountId'] });
  const { key: asked } = await experiment({ layer: key });
  expect((await start(asked)).body).toMatchObject({ code: 'layer_refused', errors: [{ path: 'unit' }] });
  expect((await app.call('GET', `/experiments/${asked}`)).body.status).toBe('DRAFT');
});

it('comes to be when an experiment names it, once, with the unit of that one', async () => {
  const [made, patched] = [name(), name()];
  const rivals = await Promise.all(
    [1, 2, 3].map(() => experiment({ layer: made, coverage: 30, unit: ['accountId', 'userId'] })),
  );
  for (const each of rivals) expect((await start(each.key)).status).toBe(200);
  const { body } = await app.call<Layer>('GET', `/layers/${made}`);
  expect(body).toMatchObject({ name: made, unit: ['accountId', 'userId'], free: 10, version: 4 });

  const { key } = await experiment({});
  expect((await app.call('PATCH', `/experiments/${key}`, { body: { layer: patched } })).status).toBe(200);
  expect((await app.call<Layer>('GET', `/layers/${patched}`)).body).toMatchObject({ unit: ['userId'], free: 100 });
  // A draft has no part of it, so that it may go; it is there again when the draft starts.
  expect((await app.call('DELETE', `/layers/${patched}`)).status).toBe(204);
  expect((await start(key)).status).toBe(200);
  expect((await app.call<Layer>('GET', `/layers/${patched}`)).body.allocations).toMatchObject([{ experiment: key }]);
});

it('and a holdout are let go at the version that was seen', async () => {
  const { key } = await layer();
  const body = { key: name(), name: 'H', share: 5, layer: key };
  const { body: held } = await app.call<Holdout>('POST', '/holdouts', { body });
  const headers = { 'if-match': '"7"' };
  const stale = [
    await app.problem('POST', `/holdouts/${held.key}/release`, { body: {}, headers }),
    await app.problem('DELETE', `/layers/${key}`, { headers }),
  ];
  expect(stale.map((answer) => [answer.status, answer.body.code])).toEqual([
    [412, 'version_conflict'],
    [412, 'version_conflict'],
  ]);
  const seen = { 'if-match': `"${held.version}"`, 'idempotency-key': `release-${held.key}` };
  const released = await app.call<Holdout>('POST', `/holdouts/${held.key}/release`, { body: {}, headers: seen });
  expect([released.status, released.body.version]).toEqual([200, held.version + 1]);
  const again = await app.call<Holdout>('POST', `/holdouts/${held.key}/release`, { body: {}, headers: seen });
  expect([again.status, again.body]).toEqual([200, released.body]);
  expect((await app.call('DELETE', `/layers/${key}`, { headers: { 'if-match': '"1"' } })).status).toBe(204);
});

it('holds units out of what starts later, in the whole project or a layer', async () => {
  const { key } = await layer();
  const early = await experiment({ layer: key, coverage: 10 });
  await start(early.key);
  const hold = async (fields: object): Promise<Holdout> => {
    const body = { key: name(), name: 'H', share: 5, ...fields };
    return (await app.call<Holdout>('POST', '/holdouts', { body })).body;
  };
  const [everywhere, here] = [await hold({}), await hold({ layer: key, share: 10 })];
  const [inside, outside] = [await experiment({ layer: key, coverage: 10 }), await experiment({})];
  await Promise.all([start(inside.key), start(outside.key)]);
  const keysOf = async (of: string) => (await definitionOf(of)).admission?.holdouts.map((each) => each.key).sort();
  expect(await keysOf(early.key)).toEqual([]);
  expect(await keysOf(inside.key)).toEqual([everywhere.key, here.key].sort());
  expect(await keysOf(outside.key)).toEqual([everywhere.key]);
  expect(
    (await app.call<Holdout>('POST', `/holdouts/${everywhere.key}/release`, { body: {} })).body.releasedAt,
  ).not.toBeNull();
  const late = await experiment({});
  await start(late.key);
  expect(await keysOf(late.key)).toEqual([]);
  const wrong = { key: name(), name: 'H', share: 60 };
  expect((await app.problem('POST', '/holdouts', { body: wrong })).body.errors?.[0]?.path).toBe('share');
});
