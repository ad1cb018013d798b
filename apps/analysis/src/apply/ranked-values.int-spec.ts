import { EXPOSURE, type AcceptedEvent } from '@assay/contracts';
import { Experiment, Metric, Project } from '@assay/models';
import { POOL } from '@assay/platform';
import { aProject, anExperiment } from '@assay/testing';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { ArmStore } from '../data/arm-store.js';
import { DataReader } from '../data/data-reader.js';
import { RankReader } from '../data/rank-reader.js';
import { UnitScan } from '../data/unit-scan.js';
import { PlanBook } from '../plan/plan-book.js';
import type { FoldRule } from '../ranks/fold-rule.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { expectSameRanked } from '../testing/expect-same-ranked.js';
import { BatchApplier } from './batch-applier.js';
import { ShardTransaction } from './shard-transaction.js';
import { storeEvents } from './store-events.js';

const DAY = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;
const SHARDS = 2;
const USERS = 14;

const RANKED: Record<string, Partial<Metric>> = {
  capped: { aggregationMethod: 'sum', capPercentile: 0.8 },
  basket: { aggregationMethod: 'average', capPercentile: 0.9, ignoreZeros: true, covariates: ['capped'] },
  rate: { aggregationMethod: 'ratio', capPercentile: 0.7, denominatorEventName: 'visit' },
  kinds: { aggregationMethod: 'distinct', capPercentile: 0.6 },
  spent: { aggregationMethod: 'quantile', quantile: 0.5, quantileBy: 'unit' },
  price: { aggregationMethod: 'quantile', quantile: 0.7 },
  plain: { aggregationMethod: 'sum' },
};

/** Folds that never come, that always come, and what is between. */
const RULES: readonly FoldRule[] = [
  { share: 0.25, rows: 16 },
  { share: 0, rows: 1 },
  { share: 100, rows: 2 },
  { share: Infinity, rows: Infinity },
];

interface Batch {
  readonly shard: number;
  readonly rule: number;
  readonly process: number;
  readonly events: readonly Sent[];
  /** What else happens, behind the batch. */
  readonly then: 'nothing' | 'first reads' | 'second reads' | 'restart' | 'amend' | 'uncap';
}

interface Sent {
  readonly user: number;
  readonly kind: 'exposure' | 'buy' | 'visit';
  readonly variant: number;
  readonly time: number;
  readonly value: number | null;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  user: fc.nat({ max: USERS - 1 }),
  kind: fc.constantFrom('exposure', 'exposure', 'buy', 'buy', 'buy', 'visit'),
  variant: fc.nat({ max: 9 }),
  time: fc.nat({ max: 20 }),
  value: fc.oneof(
    fc.constantFrom(null, 0, -0, 1, 1, 2),
    fc.integer({ min: -50, max: 50 }),
    fc.nat({ max: 9 }).map((digit) => 3e9 + digit / 8),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((double) => Math.round(double * 1e6) / 1e6),
  ),
});
const batch: fc.Arbitrary<Batch> = fc.record({
  shard: fc.nat({ max: SHARDS - 1 }),
  rule: fc.nat({ max: RULES.length - 1 }),
  process: fc.nat({ max: 1 }),
  events: fc.array(sent, { minLength: 1, maxLength: 10 }),
  then: fc.oneof(
    fc.constantFrom<Batch['then']>('nothing', 'first reads', 'second reads', 'nothing', 'first reads', 'second reads'),
    fc.constantFrom<Batch['then']>('first reads', 'restart', 'amend', 'uncap'),
  ),
});

const RUNS = Number(process.env['ASSAY_FUZZ_RUNS'] ?? 15);

/** Two processes on one database, both of which write and read. */
describe('ranked values as they are kept', () => {
  let processes: [AnalysisProcess, AnalysisProcess];
  let project: Project;

  beforeAll(async () => {
    const first = await AnalysisProcess.start({ isConsumer: false });
    processes = [first, await AnalysisProcess.start({ isConsumer: false, databaseUrl: first.databaseUrl })];
    const { em } = first;
    project = aProject(em);
    await em.flush();
  });
  afterAll(async () => {
    await processes[1].stop();
    await processes[0].stop();
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    processes[0].sql.query<T>(text, values).then(({ rows }) => rows);

  async function newExperiment(metrics: Record<string, Partial<Metric>>): Promise<Experiment> {
    const { em } = processes[0];
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', metrics: Object.keys(metrics) });
    experiment.analysis = { cuped: true };
    for (const metric of experiment.metricDefinitions.getItems()) {
      const settings = metrics[metric.name] ?? {};
      const denominator = settings.denominatorEventName === undefined ? null : `visit-${experiment.key}`;
      Object.assign(metric, { metricType: 'CUSTOM', ...settings, denominatorEventName: denominator });
      metric.eventName = `buy-${experiment.key}`;
    }
    await em.flush();
    return experiment;
  }

  function eventOf(experiment: Experiment, shard: number, message: Sent): AcceptedEvent {
    const isExposure = message.kind === 'exposure';
    const usual = message.user % 2;
    const variant = experiment.variants.getItems()[message.variant === 9 ? 1 - usual : usual]!;
    const key = randomUUID();
    return {
      key,
      id: key,
      projectId: project.id,
      eventType: isExposure ? EXPOSURE : `${message.kind}-${experiment.key}`,
      userId: `${experiment.key}-${shard}-${message.user}`,
      at: DAY + message.time * HOUR * 0.5,
      value: isExposure ? null : message.value,
      experimentId: isExposure ? experiment.id : null,
      variantId: isExposure ? variant.id : null,
      flagId: null,
      metadata: null,
    };
  }

  const apply = (on: number, rule: FoldRule, shard: number, events: readonly AcceptedEvent[]): Promise<void> => {
    const { app } = processes[on]!;
    const applier = new BatchApplier(app.get(PlanBook), rule);
    return app.get(ShardTransaction).run(shard, async (client) => {
      await applier.apply(client, shard, await storeEvents(client, events));
    });
  };

  async function planOf(experiment: Experiment) {
    const plan = await processes[0].app.get(PlanBook).fetch(project.id, experiment.id);
    if (plan === undefined) throw new Error('no plan');
    return plan;
  }

  /** A reader that has read nothing yet, as after a restart. */
  function newReader(on: number): DataReader {
    const { app } = processes[on]!;
    return new DataReader(app.get(POOL), app.get(ArmStore), new RankReader());
  }

  /** What is kept equals one pass over all units. */
  async function expectKept(reader: DataReader, experiment: Experiment): Promise<void> {
    const plan = await planOf(experiment);
    const kept = await reader.current(plan);
    const scanned = await processes[0].app.get(UnitScan).byPeriod(plan, { from: null, to: null }, null);
    expectSameRanked(kept.ranked, scanned.ranked);
  }

  async function amend(experiment: Experiment, name: string, change: Partial<Metric>): Promise<void> {
    const { em } = processes[0];
    const stored = await em.findOneOrFail(Experiment, experiment.id);
    await em.nativeUpdate(Metric, { experiment: stored.id, name }, change);
    await em.nativeUpdate(Experiment, { id: stored.id }, { version: stored.version + 1, updatedAt: new Date() });
  }

  const rowsOf = ({ id }: Experiment) =>
    sql<{ shard: number }>('SELECT shard FROM experimentation.ranked_changes WHERE experiment_id = $1', [id]);

  it('equal one pass over all units after any history, in every process, whatever rows were put together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 25 }), async (batches) => {
        const experiment = await newExperiment(RANKED);
        const readers = [newReader(0), newReader(1)] as [DataReader, DataReader];
        for (const { shard, rule, process, events, then } of batches) {
          await apply(
            process,
            RULES[rule]!,
            shard,
            events.map((message) => eventOf(experiment, shard, message)),
          );
          if (then === 'first reads') await expectKept(readers[0], experiment);
          if (then === 'second reads') await expectKept(readers[1], experiment);
          if (then === 'restart') readers[0] = newReader(0);
          if (then === 'amend') await amend(experiment, 'spent', { windowHours: shard + 3 });
          if (then === 'uncap') await amend(experiment, 'plain', { capPercentile: rule > 1 ? 0.9 : null });
        }
        for (const reader of [...readers, newReader(1)]) await expectKept(reader, experiment);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it('are built from what is stored for an experiment from before there were any', async () => {
    for (const brings of ['a request', 'an event'] as const) {
      const experiment = await newExperiment(RANKED);
      const messages = Array.from({ length: 40 }, (_, index): Sent[] => [
        { user: index % USERS, kind: 'exposure', variant: 0, time: 1, value: null },
        { user: index % USERS, kind: 'buy', variant: 0, time: 2, value: index },
      ]).flat();
      await apply(
        0,
        RULES[0]!,
        0,
        messages.map((message) => eventOf(experiment, 0, message)),
      );
      await sql('DELETE FROM experimentation.ranked_changes WHERE experiment_id = $1', [experiment.id]);
      await sql(`UPDATE experimentation.experiment_plans SET layout_hash = 'of old' WHERE experiment_id = $1`, [
        experiment.id,
      ]);
      const late: Sent = { user: 1, kind: 'buy', variant: 0, time: 3, value: 7 };
      if (brings === 'an event') {
        await apply(1, RULES[0]!, 0, [eventOf(experiment, 0, late)]);
        expect((await rowsOf(experiment)).length).toBeGreaterThan(0);
      }
      await expectKept(newReader(0), experiment);
      expect((await rowsOf(experiment)).length).toBeGreaterThan(0);
    }
  });

  it('are built when a metric that sums told gets a cap, and when it loses it again', async () => {
    const experiment = await newExperiment({ plain: { aggregationMethod: 'sum' } });
    const reader = newReader(0);
    const messages = Array.from({ length: USERS }, (_, user): Sent[] => [
      { user, kind: 'exposure', variant: 0, time: 1, value: null },
      { user, kind: 'buy', variant: 0, time: 2, value: user },
    ]).flat();
    await apply(
      0,
      RULES[0]!,
      0,
      messages.map((message) => eventOf(experiment, 0, message)),
    );
    await expectKept(reader, experiment);
    await amend(experiment, 'plain', { capPercentile: 0.5 });
    await expectKept(reader, experiment);
    const { ranked } = await reader.current(await planOf(experiment));
    expect(ranked.get('plain')?.cap).toEqual({ value: (USERS - 1) / 2, units: USERS / 2 });
    await amend(experiment, 'plain', { capPercentile: null });
    await expectKept(reader, experiment);
    expect(await rowsOf(experiment)).toEqual([]);
  });

  it('are right when units have come over from another shard, since the log has other partitions now', async () => {
    const experiment = await newExperiment(RANKED);
    const reader = newReader(0);
    for (const [shard, value] of [0, 0, 1, 1, 0].entries()) {
      const events = Array.from({ length: USERS }, (_, user): Sent[] => [
        { user, kind: 'exposure', variant: 0, time: 1, value: null },
        { user, kind: 'buy', variant: 0, time: 2 + shard, value: user * (value + 1) },
      ]).flat();
      await apply(
        0,
        RULES[shard % RULES.length]!,
        value,
        events.map((message) => eventOf(experiment, 0, message)),
      );
      await expectKept(reader, experiment);
    }
    await expectKept(newReader(1), experiment);
  });

  it('are not kept for an experiment of which sums tell everything', async () => {
    const experiment = await newExperiment({ plain: { aggregationMethod: 'sum' } });
    const messages: Sent[] = [
      { user: 1, kind: 'exposure', variant: 0, time: 1, value: null },
      { user: 1, kind: 'buy', variant: 0, time: 2, value: 3 },
    ];
    await apply(
      0,
      RULES[0]!,
      0,
      messages.map((message) => eventOf(experiment, 0, message)),
    );
    expect(await rowsOf(experiment)).toEqual([]);
    const { ranked, totals } = await newReader(0).current(await planOf(experiment));
    expect(ranked.size).toBe(0);
    expect([...totals.values()].map(({ units }) => units).sort()).toEqual([0, 1]);
  });
});
