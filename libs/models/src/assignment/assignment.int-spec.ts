import { anExperiment, openTestOrm, type TestOrm } from '@assay/testing';
import { Assignment, Experiment, Variant, type EntityManager } from '../index.js';

const DECISION = { bucket: 4711, definitionVersion: 1, propensity: 0.5 };

describe('the tables of the assignment service', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  async function storedExperiment() {
    const experiment = anExperiment(em);
    await em.flush();
    const [control, treatment] = experiment.variants.getItems();
    if (control === undefined || treatment === undefined) throw new Error('an experiment has two variants');
    return { experiment, control, treatment };
  }

  it('refuses a second assignment of a unit in an experiment, whatever the variant', async () => {
    const { experiment, control, treatment } = await storedExperiment();
    em.create(Assignment, { experiment, variant: control, userId: 'u1', ...DECISION });
    await em.flush();
    em.create(Assignment, { experiment, variant: treatment, userId: 'u1', ...DECISION });
    await expect(em.flush()).rejects.toMatchObject({ code: '23505', constraint: 'assignments_experiment_user_unique' });
  });

  it('accepts a unit in two experiments', async () => {
    const [one, other] = [await storedExperiment(), await storedExperiment()];
    for (const { experiment, control } of [one, other]) {
      em.create(Assignment, { experiment, variant: control, userId: 'u1', ...DECISION });
    }
    await expect(em.flush()).resolves.not.toThrow();
  });

  it('refuses a variant of another experiment', async () => {
    const [one, other] = [await storedExperiment(), await storedExperiment()];
    em.create(Assignment, { experiment: one.experiment, variant: other.control, userId: 'u1', ...DECISION });
    await expect(em.flush()).rejects.toMatchObject({
      code: '23503',
      constraint: 'assignments_variant_of_experiment_foreign',
    });
  });

  it('is found from its experiment, its variant and back', async () => {
    const { experiment, control } = await storedExperiment();
    const { id } = em.create(Assignment, {
      experiment,
      variant: control,
      userId: 'u1',
      context: { a: 1 },
      ...DECISION,
    });
    await em.flush();

    const fromExperiment = await test.fork().findOneOrFail(Experiment, experiment.id, { populate: ['assignments'] });
    expect(fromExperiment.assignments.getIdentifiers()).toEqual([id]);
    const fromVariant = await test.fork().findOneOrFail(Variant, control.id, { populate: ['assignments'] });
    expect(fromVariant.assignments.getIdentifiers()).toEqual([id]);
    expect(await test.fork().count(Assignment, { variant: control.id })).toBe(1);

    const back = await test.fork().findOneOrFail(Assignment, id, { populate: ['experiment', 'variant'] });
    expect(back.experiment.$.key).toBe(experiment.key);
    expect(back.variant.$.key).toBe(control.key);
    expect(back.context).toEqual({ a: 1 });
  });

  it('keeps a variant that somebody has, and goes with its experiment', async () => {
    const { experiment, control, treatment } = await storedExperiment();
    em.create(Assignment, { experiment, variant: treatment, userId: 'u1', ...DECISION });
    await em.flush();
    const removal = test.fork().transactional(async (unit) => {
      await unit.nativeUpdate(Variant, control.id, { trafficAllocation: 100 });
      await unit.nativeDelete(Variant, treatment.id);
    });
    await expect(removal).rejects.toMatchObject({ constraint: 'assignments_variant_of_experiment_foreign' });
    await test.fork().nativeDelete(Experiment, experiment.id);
    expect(await test.fork().count(Assignment, { experiment: experiment.id })).toBe(0);
  });
});
