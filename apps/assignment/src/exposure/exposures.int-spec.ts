import type { OfrepBulk, OfrepSuccess } from '@assay/contracts';
import type { Flag } from '@assay/evaluation';
import { ExperimentCatalog } from '@assay/definitions';
import { Assignment, Experiment, FeatureFlag, Project } from '@assay/models';
import { aFlag, anExperiment, until } from '@assay/testing';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssignmentProcess } from '../testing/assignment-process.js';

let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
});
afterAll(() => node.stop());

const arms = [
  { key: 'control', variant: 'a', in: [[0, 0.5]] },
  { key: 'treatment-1', variant: 'b', in: [[0.5, 1]] },
] as const;

/** A running experiment, and a flag that carries it as a split of its own. */
async function split(sticky: boolean, at = node): Promise<{ experiment: Experiment; flag: FeatureFlag }> {
  const experiment = await at.experiment(async (em) => {
    const project = await em.findOneOrFail(Project, scene.project.id, { populate: ['environments'] });
    return anExperiment(em, { project, status: 'ACTIVE' });
  });
  const { key, salt } = experiment;
  const serve = {
    split: { key, salt, unit: ['userId'], arms, ...(sticky ? { sticky: { version: 1, minVersion: 0 } } : {}) },
  };
  const flag = await at.flag(async (em) => {
    const row = aFlag(em, { project: await em.findOneOrFail(Project, scene.project.id) });
    const definition: Partial<Flag> = { type: 'string', on: true, variants: { a: 'A', b: 'B' }, off: null, rules: [] };
    return em.assign(row, { definition: { ...definition, key: row.key, default: serve } });
  });
  return { experiment, flag };
}

/** A way to the database that can be shut. */
async function openDoor(databaseUrl: string): Promise<{ url: string; open(): Promise<void>; shut(): Promise<void> }> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const door = createServer((outside) => {
    const inside = connect(Number(target.port), target.hostname);
    for (const [one, another] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      sockets.add(one);
      one.on('error', () => another.destroy()).on('close', () => another.destroy());
      one.pipe(another);
    }
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  const url = new URL(databaseUrl);
  [url.hostname, url.port] = ['127.0.0.1', String(port)];
  return {
    url: url.href,
    open: async () => {
      door.listen(port, '127.0.0.1');
      await once(door, 'listening');
    },
    shut: async () => {
      door.close();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await once(door, 'close');
    },
  };
}

const evaluate = async (flag: FeatureFlag, targetingKey: string, at = node) =>
  (
    await at.post<OfrepSuccess>(
      `/ofrep/v1/evaluate/flags/${flag.key}`,
      { context: { targetingKey } },
      { as: scene.key },
    )
  ).body;

const recordedOf = ({ id }: Experiment, at = node) => at.recorded.filter(({ experimentId }) => experimentId === id);

it('are recorded behind the answer, once per unit and version, and nothing is stored', async () => {
  const { experiment, flag } = await split(false);
  const variants = new Map<string, unknown>();
  for (let round = 0; round < 3; round += 1) {
    for (let unit = 0; unit < 40; unit += 1) {
      const { variant, reason, metadata } = await evaluate(flag, `u${unit}`);
      expect(variants.get(`u${unit}`) ?? variant).toBe(variant);
      expect({ reason, metadata }).toMatchObject({
        reason: 'SPLIT',
        metadata: {
          experiment: experiment.key,
          variant: variant === 'a' ? 'control' : 'treatment-1',
          definitionVersion: experiment.version,
        },
      });
      variants.set(`u${unit}`, variant);
    }
  }
  await until(() => recordedOf(experiment).length >= 40);
  await sleep(300);
  const records = recordedOf(experiment);
  expect(new Set(records.map(({ userId }) => userId)).size).toBe(40);
  expect(records).toHaveLength(40);
  const rows = await node.em.findOneOrFail(Experiment, experiment.id, { populate: ['variants'] });
  const keys = new Map(rows.variants.getItems().map(({ id, key }) => [id, key]));
  for (const { userId, variantId, definitionVersion, propensity } of records) {
    expect(keys.get(variantId)).toBe(variants.get(userId) === 'a' ? 'control' : 'treatment-1');
    expect([definitionVersion, propensity]).toEqual([experiment.version, 0.5]);
  }
  expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(0);
  const next = await node.experiment(async (em) =>
    em.assign(await em.findOneOrFail(Experiment, experiment.id), { name: 'v2' }),
  );
  expect((await evaluate(flag, 'u1')).metadata).toMatchObject({ definitionVersion: next.version });
  await until(() => recordedOf(experiment).length === 41);
  expect(recordedOf(experiment).at(-1)).toMatchObject({ userId: 'u1', definitionVersion: next.version });
});

it('of a sticky split are stored before the answer', async () => {
  const { experiment, flag } = await split(true);
  const first = { experiment: experiment.key, definitionVersion: experiment.version };
  expect((await evaluate(flag, 'u1')).metadata).toMatchObject(first);
  expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(1);
  const next = await node.experiment(async (em) =>
    em.assign(await em.findOneOrFail(Experiment, experiment.id), { name: 'v2' }),
  );
  expect((await evaluate(flag, 'u1')).metadata).toMatchObject(first);
  expect((await evaluate(flag, 'u2')).metadata).toMatchObject({ ...first, definitionVersion: next.version });
});

describe('of a unit that has an arm', () => {
  type Enrol = Partial<Pick<Experiment, 'coverage' | 'status'>>;

  /** A running experiment with a flag that carries it as a sticky split, and one whose rules look at it. */
  async function kept(): Promise<{ experiment: Experiment; flags: readonly FeatureFlag[] }> {
    const { experiment, flag } = await split(true);
    const reads = { flag: experiment.key, attr: 'variant', op: 'in' } as const;
    const rules = ['control', 'treatment-1'].map((arm, index) => ({
      id: arm,
      when: { ...reads, values: [arm] },
      serve: { variant: index === 0 ? 'a' : 'b' },
    }));
    const reader = await node.flag(async (em) => {
      const row = aFlag(em, { project: await em.findOneOrFail(Project, scene.project.id) });
      const variants = { a: 'A', b: 'B', none: 'no arm' };
      const definition = { key: row.key, type: 'string', on: true, variants, off: null, rules };
      return em.assign(row, { definition: { ...definition, default: { variant: 'none' } } });
    });
    return { experiment, flags: [flag, reader] };
  }

  const change = ({ id }: Experiment, fields: Enrol) =>
    node.experiment(async (em) => em.assign(await em.findOneOrFail(Experiment, id), fields));

  /** What the flags serve, on their own and among all. */
  async function served(flags: readonly FeatureFlag[], unit: string, at = node) {
    const alone = await Promise.all(flags.map(async (flag) => (await evaluate(flag, unit, at)).variant));
    const context = { targetingKey: unit };
    const { body } = await at.post<OfrepBulk>('/ofrep/v1/evaluate/flags', { context }, { as: scene.key });
    const all = flags.map(({ key }) => body.flags.find((each) => each.key === key) as OfrepSuccess);
    expect(all.map(({ variant }) => variant)).toEqual(alone);
    return alone;
  }

  it.each<[string, Enrol]>([
    ['coverage is cut to nothing', { coverage: 0 }],
    ['the experiment is paused', { status: 'PAUSED' }],
    ['both', { coverage: 0, status: 'PAUSED' }],
  ])('stay the same when %s, in every process', async (_, fields) => {
    const { experiment, flags } = await kept();
    const units = ['u1', 'u2', 'u3', 'u4'];
    const before = await Promise.all(units.map((unit) => served(flags, unit)));
    expect(before.map(([own]) => own)).toEqual(before.map(([, read]) => read));
    expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(units.length);
    await change(experiment, fields);
    const other = await AssignmentProcess.start(node.databaseUrl);
    try {
      for (const at of [node, other]) {
        expect(await Promise.all(units.map((unit) => served(flags, unit, at)))).toEqual(before);
        const [own, read] = await served(flags, 'new', at);
        expect(read).toBe('none');
        if (fields.status === 'PAUSED') expect(own).toBeUndefined();
      }
    } finally {
      await other.stop();
    }
    expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(units.length);
  });

  it('stay the same while the database is away, as far as this process remembers them', async () => {
    const { experiment, flags } = await kept();
    const door = await openDoor(node.databaseUrl);
    const other = await AssignmentProcess.start(door.url);
    try {
      const [, before] = await served(flags, 'u1', other);
      await change(experiment, { coverage: 0 });
      await until(() => other.app.get(ExperimentCatalog).get(experiment.id)?.coverage === 0);
      await door.shut();
      const reader = flags[1] as FeatureFlag;
      const [known, unknown] = [await evaluate(reader, 'u1', other), await evaluate(reader, 'u2', other)];
      expect([known.variant, unknown.variant]).toEqual([before, 'none']);
      expect(before).toMatch(/^[ab]$/);
    } finally {
      await door.open();
      await other.stop();
      await door.shut();
    }
  });

  it('stay the same when the split of the flag enrols nobody any more', async () => {
    const { experiment, flag } = await split(true);
    const { variant } = await evaluate(flag, 'u1');
    expect(variant).toMatch(/^[ab]$/);
    await node.flag(async (em) => {
      const row = await em.findOneOrFail(FeatureFlag, flag.id);
      const { split: open } = row.definition['default'] as { split: object };
      return em.assign(row, { definition: { ...row.definition, default: { split: { ...open, enroll: false } } } });
    });
    expect([(await evaluate(flag, 'u1')).variant, (await evaluate(flag, 'new')).variant]).toEqual([variant, undefined]);
    expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(1);
  });
});

it('are those of the flag itself for a flag that looks at one with a split', async () => {
  const { experiment, flag } = await split(false);
  const reader = await node.flag(async (em) => {
    const row = aFlag(em, { project: await em.findOneOrFail(Project, scene.project.id) });
    const when = { flag: flag.key, attr: 'on', op: 'in', values: [true] };
    const rules = [{ id: 'on', when, serve: { variant: 'on' } }];
    const definition = { key: row.key, type: 'boolean', on: true, variants: { on: true }, off: null, rules };
    return em.assign(row, { definition });
  });
  expect((await evaluate(reader, 'u1')).variant).toBe('on');
  await until(() => recordedOf(experiment).length === 1);
  expect(await node.em.count(Assignment, { experiment: experiment.id })).toBe(0);
});

it('tell how probable an arm without a key was', async () => {
  const { experiment, flag } = await split(false);
  await node.flag(async (em) => {
    const row = await em.findOneOrFail(FeatureFlag, flag.id);
    const { split: open } = row.definition['default'] as { split: object };
    // The name of the variant is the key of the arm.
    const arm = { variant: 'control', in: [[0, 2]] };
    const serve = { split: { ...open, hash: 'growthbook@2', arms: [arm] } };
    return em.assign(row, { definition: { ...row.definition, variants: { control: 'C' }, default: serve } });
  });
  await evaluate(flag, 'u1');
  await until(() => recordedOf(experiment).length === 1);
  expect(recordedOf(experiment)).toMatchObject([{ userId: 'u1', propensity: 1 }]);
});

it('are not recorded for an experiment that does not run', async () => {
  const { experiment, flag } = await split(false);
  await node.experiment(async (em) =>
    em.assign(await em.findOneOrFail(Experiment, experiment.id), { status: 'COMPLETED' }),
  );
  expect((await evaluate(flag, 'u1')).variant).toMatch(/^[ab]$/);
  await sleep(400);
  expect(recordedOf(experiment)).toEqual([]);
});

it('are all in the log when a process has been stopped in the middle of evaluations', async () => {
  const other = await AssignmentProcess.start(node.databaseUrl);
  const { experiment, flag } = await split(false, other);
  await until(() => true);
  const answered: string[] = [];
  let isLoading = true;
  const load = async (worker: number): Promise<void> => {
    for (let index = 0; isLoading; index += 1) {
      const unit = `w${worker}-${index}`;
      try {
        if ((await evaluate(flag, unit, other)).variant !== undefined) answered.push(unit);
      } catch {
        return;
      }
    }
  };
  const workers = [0, 1, 2, 3].map(load);
  await sleep(700);
  await other.app.close();
  isLoading = false;
  await Promise.all(workers);
  expect(answered.length).toBeGreaterThan(50);
  await until(() => recordedOf(experiment).length >= answered.length);
  const recorded = new Set(recordedOf(experiment).map(({ userId }) => userId));
  expect(answered.filter((unit) => !recorded.has(unit))).toEqual([]);
  await other.sql.end();
});
