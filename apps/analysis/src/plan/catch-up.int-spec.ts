import { EXPOSURE, type AcceptedEvent } from '@assay/contracts';
import { Experiment, Metric, Project } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { BatchApplier } from '../apply/batch-applier.js';
import { ShardTransaction } from '../apply/shard-transaction.js';
import { storeEvents } from '../apply/store-events.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { PlanBook } from './plan-book.js';

const DAY = Date.parse('2026-03-01T00:00:00Z');
const SHARD = 3;

/** Two processes on one database; neither hears of definitions over the log, as when its messages are late. */
describe('a process that takes over a partition', () => {
  let first: AnalysisProcess;
  let second: AnalysisProcess;
  let project: Project;
  beforeAll(async () => {
    first = await AnalysisProcess.start({ isConsumer: false });
    second = await AnalysisProcess.start({ isConsumer: false, databaseUrl: first.databaseUrl });
    const { em } = first;
    project = aProject(em);
    await em.flush();
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  async function newExperiment(...metrics: string[]): Promise<Experiment> {
    const { em } = first;
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', metrics });
    await em.flush();
    return experiment;
  }

  function event(experiment: Experiment, eventType: string, hour: number, exposed = false): AcceptedEvent {
    const variant = experiment.variants.getItems()[0];
    return {
      id: randomUUID(),
      key: randomUUID(),
      projectId: project.id,
      eventType,
      userId: `user of ${experiment.key}`,
      at: DAY + hour * 3_600_000,
      value: null,
      metadata: null,
      experimentId: exposed ? experiment.id : null,
      variantId: exposed ? (variant?.id ?? null) : null,
      flagId: null,
    };
  }

  const handle = (process: AnalysisProcess, ...events: AcceptedEvent[]): Promise<void> =>
    process.app.get(ShardTransaction).run(SHARD, async (client) => {
      await process.app.get(BatchApplier).apply(client, SHARD, await storeEvents(client, events));
    });

  async function cells(experiment: Experiment): Promise<number[]> {
    const { rows } = await first.sql.query<{ cells: number[] }>(
      'SELECT cells FROM experimentation.unit_metrics WHERE experiment_id = $1',
      [experiment.id],
    );
    return rows[0]?.cells ?? [];
  }

  it('counts for an experiment it has never heard of', async () => {
    const experiment = await newExperiment('bought');
    await handle(first, event(experiment, EXPOSURE, 1, true));
    expect(second.app.get(PlanBook).plan(experiment.id)).toBeUndefined();
    await handle(second, event(experiment, 'bought', 2));
    expect(await cells(experiment)).toEqual([1]);
  });

  it('counts for a metric that was added meanwhile, in whichever process comes first', async () => {
    const experiment = await newExperiment('seen');
    await handle(first, event(experiment, EXPOSURE, 1, true));
    await handle(second, event(experiment, 'seen', 2));
    await amend(experiment, 'paid');
    // The first hears of it, the second does not.
    await first.app.get(PlanBook).fetch(project.id, experiment.id);
    await handle(first, event(experiment, 'seen', 3));
    await handle(second, event(experiment, 'paid', 4));
    expect(await cells(experiment)).toEqual([2, 1]);
  });

  it('computes from the stored events what came before the definition was known', async () => {
    const experiment = await newExperiment('opened');
    await handle(first, event(experiment, EXPOSURE, 1, true));
    // Stored, and nobody’s yet: no metric asks for it.
    await handle(first, event(experiment, 'clicked', 2));
    expect(await cells(experiment)).toEqual([0]);
    await amend(experiment, 'clicked');
    await second.app.get(PlanBook).fetch(project.id, experiment.id);
    await handle(second, event(experiment, 'opened', 3));
    expect(await cells(experiment)).toEqual([1, 1]);
  });

  async function amend({ id }: Experiment, name: string): Promise<void> {
    const { em } = first;
    const experiment = await em.findOneOrFail(Experiment, id, { populate: ['metricDefinitions'] });
    experiment.metricDefinitions.add(
      em.create(Metric, {
        experiment,
        name,
        eventName: name,
        metricType: 'CONVERSION',
        aggregationMethod: 'exists',
        isPrimary: false,
        position: experiment.metricDefinitions.length,
      }),
    );
    experiment.metrics = [...experiment.metrics, name];
    await em.flush();
  }
});
