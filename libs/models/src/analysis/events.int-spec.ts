import { aFlag, anExperiment, openTestOrm, type TestOrm } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { Event, Experiment, FeatureFlag, type EntityManager } from '../index.js';

const OCCURRED = new Date('2026-01-01T12:00:00.123Z');

describe('the table of events', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  const anEvent = () => {
    const id = randomUUID();
    return { id, projectId: randomUUID(), eventId: id, eventType: 'purchase', userId: 'u1', createdAt: OCCURRED };
  };

  it('refuses a second event of one id, even with another time', async () => {
    const event = anEvent();
    em.create(Event, event);
    await em.flush();
    const again = test.fork();
    again.create(Event, { ...event, createdAt: new Date() });
    await expect(again.flush()).rejects.toMatchObject({ code: '23505' });
  });

  it('has eight partitions by hash of the id, and rows in all of them', async () => {
    for (let i = 0; i < 200; i += 1) em.create(Event, anEvent());
    await em.flush();
    const rows = await em.execute<{ partition: string }[]>(
      'select distinct tableoid::regclass::text as partition from experimentation.events order by 1',
    );
    expect(rows.map(({ partition }) => partition)).toEqual(
      Array.from({ length: 8 }, (_, remainder) => `experimentation.events_${remainder}`),
    );
  });

  it('is found from its experiment and back, and tells when it occurred and when it was stored', async () => {
    const before = new Date();
    const experiment = anExperiment(em);
    const [variant = null] = experiment.variants.getItems();
    const event = { ...anEvent(), value: 12.5, eventMetadata: { order: { total: 12.5 } } };
    em.create(Event, { ...event, experiment, variant });
    await em.flush();

    const loaded = await test.fork().findOneOrFail(Experiment, experiment.id, { populate: ['events'] });
    const [found] = loaded.events.getItems();
    expect(found).toMatchObject({ value: 12.5, eventMetadata: { order: { total: 12.5 } }, createdAt: OCCURRED });
    expect(found?.featureFlag).toBeNull();
    // The clocks of the two processes are one machine's.
    expect(found?.updatedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    const back = await test.fork().findOneOrFail(Event, event.id, { populate: ['experiment', 'variant'] });
    expect(back.experiment?.$.key).toBe(experiment.key);
    expect(back.variant?.$.key).toBe('control');
  });

  it('outlives its experiment, variant and flag', async () => {
    const [experiment, featureFlag] = [anExperiment(em), aFlag(em)];
    const [variant = null] = experiment.variants.getItems();
    const event = anEvent();
    em.create(Event, { ...event, experiment, variant, featureFlag });
    await em.flush();
    await test.fork().nativeDelete(Experiment, experiment.id);
    await test.fork().nativeDelete(FeatureFlag, featureFlag.id);
    expect(await test.fork().findOneOrFail(Event, event.id)).toMatchObject({
      experiment: null,
      variant: null,
      featureFlag: null,
    });
  });

  it('refuses an experiment, a variant or a flag that does not exist', async () => {
    for (const reference of ['experiment', 'variant', 'featureFlag'] as const) {
      const writer = test.fork();
      writer.create(Event, { ...anEvent(), [reference]: randomUUID() });
      await expect(writer.flush()).rejects.toMatchObject({ code: '23503' });
    }
  });

  it('leaves room for updates in the pages of unit_metrics', async () => {
    const rows = await em.execute(
      `select reloptions from pg_class where oid = 'experimentation.unit_metrics'::regclass`,
    );
    expect(rows).toEqual([{ reloptions: ['fillfactor=60'] }]);
  });
});
