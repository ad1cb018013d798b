import type { AcceptedEvent } from '@assay/contracts';
import { Assignment, Experiment, Metric, Project, type Variant } from '@assay/models';
import { aProject, anExperiment, testBroker } from '@assay/testing';
import fc from 'fast-check';
import { PlanBook } from '../plan/plan-book.js';
import { ArmStore } from '../data/arm-store.js';
import { totalArms } from '../data/arm-totals.js';
import { DataReader } from '../data/data-reader.js';
import { UnitScan } from '../data/unit-scan.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { batchQuantiles, batchQuery } from '../testing/batch-query.js';
import { AGGREGATIONS, settingsOf } from '../testing/every-aggregation.js';
import { rowsOf } from '../testing/held-rows.js';
import { history, keyOf, variantOf, type Sent } from '../testing/random-history.js';

const DAY = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

const RUNS = Number(process.env['ASSAY_FUZZ_RUNS'] ?? 20);
const broker = testBroker();
const brokers = 'skip' in broker ? undefined : broker.brokers;
if ('skip' in broker)
  process.stderr.write(
    `No Kafka here (${broker.skip}): what analysis holds is tested on the log of PostgreSQL only.\n`,
  );
const TRANSPORTS = [
  { log: 'PostgreSQL', options: {} },
  ...(brokers === undefined ? [] : [{ log: 'Kafka', options: { brokers } }]),
];

describe.each(TRANSPORTS)('what analysis holds, over the log of $log', ({ options }) => {
  let analysis: AnalysisProcess;
  let project: Project;
  const metrics = AGGREGATIONS.flatMap((aggregation) => [`buy_${aggregation}`, `visit_${aggregation}`]);

  beforeAll(async () => {
    analysis = await AnalysisProcess.start(options);
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
  });
  afterAll(() => analysis.stop());

  async function newExperiment(): Promise<Experiment> {
    const { em } = analysis;
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', metrics });
    experiment.analysis = { cuped: true };
    for (const metric of experiment.metricDefinitions.getItems()) {
      const [event = '', aggregation = ''] = metric.name.split('_');
      const eventName = `${event}-${experiment.key}`;
      const other = `${event === 'buy' ? 'visit' : 'buy'}-${experiment.key}`;
      Object.assign(metric, { eventName, metricType: 'CUSTOM', ...settingsOf(aggregation, eventName, other) });
      if (event === 'visit') Object.assign(metric, { delayHours: 1, windowHours: 3, cupedLookbackDays: 0.125 });
    }
    await em.flush();
    return experiment;
  }

  async function send(experiment: Experiment, messages: readonly { message: Sent; index: number; again: boolean }[]) {
    const variants = experiment.variants.getItems();
    const events: AcceptedEvent[] = [];
    for (const { message, index, again } of messages) {
      const userId = `${experiment.key}-${message.user}`;
      const variant = variantOf(variants, message);
      const at = DAY + message.time * HOUR * 0.5;
      if (message.kind === 'assignment') {
        // An assignment is stored once and never changes; it is told again with the same content.
        await assign(experiment, variant, userId, at);
        continue;
      }
      const isExposure = message.kind === 'exposure';
      events.push({
        key: keyOf(experiment.id, index),
        id: String(index),
        projectId: project.id,
        eventType: isExposure ? '$exposure' : `${message.kind}-${experiment.key}`,
        userId,
        // A resend may carry another time and value: the first one stored counts.
        at: again ? at + HOUR : at,
        value: isExposure ? null : message.value,
        experimentId: isExposure ? experiment.id : null,
        variantId: isExposure ? variant.id : null,
        flagId: null,
        metadata: null,
      });
    }
    if (events.length > 0) await analysis.events(events);
  }

  async function assign(experiment: Experiment, variant: Variant, userId: string, at: number): Promise<void> {
    const { em } = analysis;
    const fields = { experiment: experiment.id, userId };
    let stored = await em.findOne(Assignment, fields);
    if (stored === null) {
      stored = em.create(Assignment, {
        ...fields,
        variant: variant.id,
        context: {},
        bucket: 0,
        definitionVersion: 1,
        propensity: 0.5,
        createdAt: new Date(at),
      });
      await em.flush();
    }
    await analysis.assignments([
      {
        projectId: project.id,
        experimentId: experiment.id,
        variantId: stored.variant.id,
        userId,
        at: stored.createdAt.getTime(),
        definitionVersion: 1,
        propensity: 0.5,
      },
    ]);
  }

  /** What is kept, and what a scan of the stored rows finds. */
  async function held(experiment: Experiment) {
    const plan = await analysis.app.get(PlanBook).fetch(project.id, experiment.id);
    if (plan === undefined) throw new Error('no plan');
    const kept = await analysis.app.get(DataReader).current(plan);
    const everything = { from: null, to: null };
    const scanned = await analysis.app.get(UnitScan).asOf(plan, new Date(Date.now() + HOUR), everything);
    const days = await analysis.app.get(ArmStore).days(plan);
    const byDay = { ...kept, totals: totalArms(plan, days) };
    return { plan, kept: rowsOf(plan, kept), scanned: rowsOf(plan, scanned), days: rowsOf(plan, byDay) };
  }

  it('equals one batch query over the stored rows, whatever the order of arrival', async () => {
    const tied: Sent[] = [18, 18].map((time, index) => ({ user: 1, kind: 'buy', variant: 1, time, value: 48 * index }));
    const exposed: Sent = { user: 1, kind: 'exposure', variant: 1, time: 16, value: null };
    await fc.assert(
      fc.asyncProperty(history, async ({ messages, resent, cuts, amendAt }) => {
        const experiment = await newExperiment();
        const stream = [
          ...messages.map((message, index) => ({ message, index, again: false })),
          ...resent.map((pick) => {
            const index = pick % messages.length;
            return { message: messages[index]!, index, again: true };
          }),
        ];
        const bounds = [0, ...cuts.map((cut) => cut % stream.length), stream.length].sort((a, b) => a - b);
        const amended = amendAt % (bounds.length + 2);
        for (let part = 1; part < bounds.length; part += 1) {
          await send(experiment, stream.slice(bounds[part - 1], bounds[part]));
          if (part === amended) await amend(analysis, experiment);
        }
        await analysis.settled();
        const expected = await batchQuery(analysis.sql, experiment.id);
        const quantiles = await batchQuantiles(analysis.sql, experiment.id);
        const { plan, ...ways } = await held(experiment);
        for (const rows of Object.values(ways)) {
          for (const row of rows) {
            const isSame = (each: { variantId: string; metric: string }) =>
              each.variantId === row.variantId && each.metric === row.metric;
            if (row.quantile !== undefined) {
              const same = quantiles.find(isSame);
              expect([row.metric, row.n]).toEqual([row.metric, same?.n ?? 0]);
              if (same !== undefined) expectClose(row.quantile, same.quantile ?? NaN, 3e9);
              continue;
            }
            const same = expected.find(isSame);
            expect([row.metric, row.n]).toEqual([row.metric, same?.n ?? 0]);
            row.sums.forEach((sum, index) => expectClose(sum, same?.sums[index] ?? 0, row.n * 3e9));
            row.products.forEach((product, index) =>
              expectClose(product, same?.products[index] ?? 0, scaleOf(same?.products ?? [])),
            );
          }
        }
        expect(ways.kept.length).toBe(2 * plan.metrics.length);
      }),
      {
        numRuns: RUNS,
        endOnFailure: true,
        examples: [[{ messages: [exposed, ...tied, ...tied], resent: [], cuts: [], amendAt: 0 }]],
      },
    );
  });
});

/** Metrics of a running experiment change: what is held has to be computed anew. */
async function amend(analysis: AnalysisProcess, experiment: Experiment): Promise<void> {
  const { em } = analysis;
  const stored = await em.findOneOrFail(Experiment, experiment.id);
  await em.nativeUpdate(Metric, { experiment: stored.id, name: 'visit_sum' }, { windowHours: 5 });
  await em.nativeUpdate(Metric, { experiment: stored.id, name: 'buy_count' }, { delayHours: 2 });
  await em.nativeUpdate(Experiment, { id: stored.id }, { version: stored.version + 1, updatedAt: new Date() });
}

/** 1e-9 of the value, or of what the sum is made of where it cancels out. */
function expectClose(got: number, expected: number, scale: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(
    1e-9 * Math.max(Math.abs(expected), Math.abs(scale) * 1e-3, 1e-6),
  );
}

/** A product of two quantities is known as well as their squares are. */
const scaleOf = (products: readonly number[]): number => Math.max(0, ...products.map(Math.abs));
