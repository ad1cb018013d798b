import { aProject, aUser, anExperiment, openTestOrm, type TestOrm } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { Experiment, ExperimentRevision, Metric, User, Variant, type EntityManager } from '../index.js';

const DAY = 24 * 3600 * 1000;
const CHECK = '23514';
const UNIQUE = '23505';

async function addVariant(em: EntityManager, experiment: string, trafficAllocation: number): Promise<void> {
  const key = randomUUID();
  em.create(Variant, { experiment, key, name: key, trafficAllocation });
  await em.flush();
}

describe('the tables of the experiments service', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  /** An experiment that is stored, and its variants by key, in a fresh unit of work. */
  async function stored(fields: Parameters<typeof anExperiment>[1] = {}) {
    const writer = test.fork();
    const { id } = anExperiment(writer, fields);
    await writer.flush();
    const experiment = await em.findOneOrFail(Experiment, id, { populate: ['variants', 'metricDefinitions'] });
    const [control, treatment] = experiment.variants.getItems();
    if (control === undefined || treatment === undefined) throw new Error('an experiment has two variants');
    return { experiment, control, treatment };
  }

  describe('dates', () => {
    const start = new Date('2026-01-10T00:00:00Z');

    it.each([
      ['before its start', new Date(start.getTime() - DAY)],
      ['at its start', start],
    ])('refuses an experiment that ends %s', async (_when, endDate) => {
      anExperiment(em, { startDate: start, endDate });
      await expect(em.flush()).rejects.toMatchObject({
        code: CHECK,
        constraint: 'experiments_end_after_start_check',
      });
    });

    it.each([
      [start, new Date(start.getTime() + 1)],
      [start, null],
      [null, start],
      [null, null],
    ])('accepts %p to %p', async (startDate, endDate) => {
      anExperiment(em, { startDate, endDate });
      await expect(em.flush()).resolves.not.toThrow();
    });
  });

  describe('traffic allocation', () => {
    it.each([[[100.001, 0]], [[-0.001, 100]], [[101, -1]]])(
      'refuses a share outside 0 to 100: %p',
      async (allocations) => {
        anExperiment(em, { allocations });
        await expect(em.flush()).rejects.toMatchObject({
          code: CHECK,
          constraint: 'variants_traffic_allocation_check',
        });
      },
    );

    it.each([[[50, 49]], [[99]], [[50, 51]], [[33.33, 33.33, 33.329]], [[50, 50.011]], [[0, 0]]])(
      'refuses at commit a sum that is not 100: %p',
      async (allocations) => {
        anExperiment(em, { allocations });
        await expect(em.flush()).rejects.toMatchObject({ code: CHECK, constraint: 'variants_allocation_sum' });
      },
    );

    it.each([[[100]], [[50, 50]], [[33.333, 33.333, 33.333]], [[33.33, 33.33, 33.33]], [[0, 100]], [[16.667, 83.333]]])(
      'accepts %p',
      async (allocations) => {
        anExperiment(em, { allocations });
        await expect(em.flush()).resolves.not.toThrow();
      },
    );

    it('says which experiment sums to what', async () => {
      const experiment = anExperiment(em, { allocations: [50, 49] });
      await expect(em.flush()).rejects.toThrow(
        `the traffic allocations of experiment ${experiment.id} sum to 99.000 instead of 100`,
      );
    });

    it('accepts an experiment without variants', async () => {
      anExperiment(em, { allocations: [] });
      await expect(em.flush()).resolves.not.toThrow();
    });

    it('refuses to change, remove or add one variant alone', async () => {
      const { experiment, control, treatment } = await stored();
      const attempts: ((unit: EntityManager) => unknown)[] = [
        (unit) => unit.nativeUpdate(Variant, control.id, { trafficAllocation: 60 }),
        (unit) => unit.nativeDelete(Variant, treatment.id),
        (unit) => addVariant(unit, experiment.id, 0.02),
      ];
      for (const attempt of attempts) {
        await expect(test.fork().transactional(attempt)).rejects.toMatchObject({
          constraint: 'variants_allocation_sum',
        });
      }
      expect(await test.fork().count(Variant, { experiment: experiment.id })).toBe(2);
    });

    it('lets a transaction pass through wrong sums on its way to a right one', async () => {
      const { control, treatment } = await stored();
      await em.transactional(async (unit) => {
        await unit.nativeUpdate(Variant, control.id, { trafficAllocation: 90 });
        await unit.nativeUpdate(Variant, treatment.id, { trafficAllocation: 10 });
      });
      expect((await test.fork().findOneOrFail(Variant, control.id)).trafficAllocation).toBe(90);
    });

    it('checks both experiments when a variant moves from one to the other', async () => {
      const { experiment: full } = await stored({ allocations: [100, 0] });
      const { control } = await stored();
      const move = test
        .fork()
        .nativeUpdate(Variant, control.id, { experiment: full.id, key: 'moved', isControl: false });
      await expect(move).rejects.toMatchObject({ constraint: 'variants_allocation_sum' });
    });

    it('takes the variants along when the experiment is deleted', async () => {
      const { experiment } = await stored();
      await test.fork().nativeDelete(Experiment, experiment.id);
      expect(await test.fork().count(Variant, { experiment: experiment.id })).toBe(0);
      expect(await test.fork().count(Metric, { experiment: experiment.id })).toBe(0);
    });

    it('refuses the second of two transactions that give one experiment its variants at once', async () => {
      const { experiment } = await stored({ allocations: [100, 0] });
      await test.fork().nativeDelete(Variant, { experiment: experiment.id });
      // Both check before either commits, so that neither sees the other's rows.
      const both = [1, 2].map(() =>
        test.fork().transactional(async (unit) => {
          await addVariant(unit, experiment.id, 100);
          await unit.execute('set constraints all immediate');
          await new Promise((resolve) => setTimeout(resolve, 200));
        }),
      );
      const outcomes = await Promise.allSettled(both);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await test.fork().count(Variant, { experiment: experiment.id })).toBe(1);
    });
  });

  it('refuses a second control', async () => {
    const { treatment } = await stored();
    treatment.isControl = true;
    await expect(em.flush()).rejects.toMatchObject({ code: UNIQUE, constraint: 'variants_experiment_control_unique' });
  });

  it('refuses two variants of one key in an experiment', async () => {
    const { treatment } = await stored();
    treatment.key = 'control';
    await expect(em.flush()).rejects.toMatchObject({ code: UNIQUE, constraint: 'variants_experiment_key_unique' });
  });

  it('refuses two metrics of one name in an experiment, and accepts them in two', async () => {
    anExperiment(em, { metrics: ['signup', 'purchase'] });
    anExperiment(em, { metrics: ['signup'] });
    await em.flush();
    const twice = test.fork();
    anExperiment(twice, { metrics: ['signup', 'signup'] });
    await expect(twice.flush()).rejects.toMatchObject({ code: UNIQUE, constraint: 'metrics_experiment_name_unique' });
  });

  it('refuses two experiments of one key in a project, and accepts them in two', async () => {
    const project = aProject(em);
    anExperiment(em, { project, key: 'gate' });
    anExperiment(em, { key: 'gate' });
    await em.flush();
    anExperiment(em, { project, key: 'gate' });
    await expect(em.flush()).rejects.toMatchObject({ code: UNIQUE, constraint: 'experiments_project_key_unique' });
  });

  it('refuses a revision number that an experiment has already', async () => {
    const { experiment } = await stored();
    for (const change of ['created', 'created again']) {
      em.create(ExperimentRevision, { experiment, version: 1, definition: {}, change });
    }
    await expect(em.flush()).rejects.toMatchObject({
      constraint: 'experiment_revisions_experiment_version_unique',
    });
  });

  it.each([
    ['experiments', `status = 'RUNNING'`, 'experiments_status_check'],
    ['experiments', `experiment_type = 'AB'`, 'experiments_experiment_type_check'],
    ['experiments', `coverage = 100.001`, 'experiments_coverage_check'],
    ['experiments', `coverage = -1`, 'experiments_coverage_check'],
    ['metrics', `metric_type = 'MONEY'`, 'metrics_metric_type_check'],
    ['metrics', `role = 'main'`, 'metrics_role_check'],
    ['metrics', `aggregation_method = 'median'`, 'metrics_aggregation_method_check'],
  ])('refuses %s with %s', async (table, assignment, constraint) => {
    await stored();
    await expect(em.getConnection().execute(`update experimentation.${table} set ${assignment}`)).rejects.toMatchObject(
      {
        code: CHECK,
        constraint,
      },
    );
  });

  it('keeps a user who owns an experiment', async () => {
    const owner = aUser(em);
    anExperiment(em, { owner });
    await em.flush();
    await expect(test.fork().nativeDelete(User, owner.id)).rejects.toMatchObject({
      constraint: 'experiments_owner_id_foreign',
    });
  });

  it('counts versions from 1 and refuses a change that is based on an old one', async () => {
    const { experiment } = await stored();
    expect(experiment.version).toBe(1);
    const late = await test.fork().findOneOrFail(Experiment, experiment.id);
    experiment.name = 'Renamed';
    await em.flush();
    expect(experiment.version).toBe(2);
    expect(experiment.updatedAt.getTime()).toBeGreaterThan(experiment.createdAt.getTime());

    const reader = test.fork();
    const stale = await reader.findOneOrFail(Experiment, late.id);
    await test.fork().nativeUpdate(Experiment, late.id, { version: 3 });
    stale.name = 'Lost';
    await expect(reader.flush()).rejects.toThrow(/optimistic lock/i);
  });

  it('fills in what an insert leaves open, with and without the ORM', async () => {
    const { experiment } = await stored({ metrics: [] });
    expect(experiment).toMatchObject({ coverage: 100, unit: ['userId'], tags: [], analysis: {}, layer: null });
    const [row] = await em.getConnection().execute(
      `insert into experimentation.experiments (id, project_id, environment_id, key, name, owner_id, salt)
       select gen_random_uuid(), project_id, environment_id, 'bare', 'Bare', owner_id, 'bare'
       from experimentation.experiments where id = ?
       returning status, experiment_type, coverage, unit, metrics, version, created_at <= now() as dated`,
      [experiment.id],
    );
    expect(row).toEqual({
      status: 'DRAFT',
      experiment_type: 'A_B',
      coverage: '100.000',
      unit: ['userId'],
      metrics: [],
      version: 1,
      dated: true,
    });
  });
});
