import type { AcceptedEvent } from '@assay/contracts';
import { Assignment, Experiment, Metric, Project, type AggregationMethod, type Variant } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { toNumber } from '@assay/stats';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { PlanBook } from '../plan/plan-book.js';
import { ArmStore } from '../results/arm-store.js';
import { totalArms } from '../results/arm-totals.js';
import { UnitScan } from '../results/unit-scan.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { batchQuery } from '../testing/batch-query.js';
import { readMoments } from '../units/moments.js';

const AGGREGATIONS: AggregationMethod[] = ['exists', 'count', 'sum', 'average', 'min', 'max', 'first', 'last'];
const DAY = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

interface Sent {
  readonly user: number;
  readonly kind: 'exposure' | 'assignment' | 'buy' | 'visit';
  readonly variant: number;
  /** Half hours after the day began: few enough that instants coincide. */
  readonly time: number;
  readonly value: number | null;
}

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((double) => Math.round(double * 1e6) / 1e6),
  fc.integer({ min: 0, max: 9 }).map((digit) => 3e9 + digit / 8),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  user: fc.integer({ min: 0, max: 11 }),
  kind: fc.constantFrom('exposure', 'exposure', 'assignment', 'buy', 'buy', 'buy', 'visit'),
  // Mostly the same variant per user, so that conflicts are there but not the rule.
  variant: fc.integer({ min: 0, max: 9 }),
  time: fc.integer({ min: 0, max: 20 }),
  value,
});

/** A history, the order in which it arrives, what is sent twice (with another time), and where the batches are cut. */
const history = fc.record({
  messages: fc.array(sent, { minLength: 1, maxLength: 80 }),
  resent: fc.array(fc.nat(), { maxLength: 12 }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
  amendAt: fc.nat(),
});

describe('what analysis holds', () => {
  let analysis: AnalysisProcess;
  let project: Project;
  const metrics = AGGREGATIONS.flatMap((aggregation) => [`buy_${aggregation}`, `visit_${aggregation}`]);

  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
  });
  afterAll(() => analysis.stop());

  async function newExperiment(): Promise<Experiment> {
    const { em } = analysis;
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', metrics });
    for (const metric of experiment.metricDefinitions.getItems()) {
      const [event, aggregation] = metric.name.split('_') as [string, AggregationMethod];
      Object.assign(metric, {
        eventName: `${event}-${experiment.key}`,
        metricType: 'CUSTOM',
        aggregationMethod: aggregation,
      });
      if (event === 'visit') Object.assign(metric, { delayHours: 1, windowHours: 3 });
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

  async function held(experiment: Experiment) {
    const plan = await analysis.app.get(PlanBook).fetch(project.id, experiment.id);
    if (plan === undefined) throw new Error('no plan');
    const kept = totalArms(plan, (await analysis.app.get(ArmStore).read(plan)).parts);
    const scanned = totalArms(
      plan,
      await analysis.app.get(UnitScan).asOf(plan, new Date(Date.now() + HOUR), { from: null, to: null }),
    );
    const rows = (totals: typeof kept) =>
      [...totals].flatMap(([variantId, arm]) =>
        plan.metrics.map(({ metric, momentOffset }) => {
          const { n, sums, products } = readMoments(arm.moments, momentOffset, 1);
          return { variantId, metric: metric.name, n, sum: toNumber(sums[0]!), sumSquares: toNumber(products[0]!) };
        }),
      );
    return { kept: rows(kept), scanned: rows(scanned) };
  }

  it('equals one batch query over the stored rows, whatever the order of arrival', async () => {
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
        const { kept, scanned } = await held(experiment);
        for (const rows of [kept, scanned]) {
          for (const row of rows) {
            const same = expected.find(({ variantId, metric }) => variantId === row.variantId && metric === row.metric);
            expect({ metric: row.metric, n: row.n }).toEqual({ metric: row.metric, n: same?.n ?? 0 });
            expectClose(row.sum, same?.sum ?? 0, row.n * 3e9);
            expectClose(row.sumSquares, same?.sumSquares ?? 0, same?.sumSquares ?? 0);
          }
        }
      }),
      { numRuns: Number(process.env['ASSAY_FUZZ_RUNS'] ?? 20), endOnFailure: true },
    );
  });
});

/** Most messages of a user name the user's own variant; one in ten another. */
function variantOf(variants: readonly Variant[], { user, variant }: Sent): Variant {
  const usual = user % 2;
  return variants[variant === 9 ? 1 - usual : usual]!;
}

function keyOf(experimentId: string, index: number): string {
  return `${experimentId.slice(0, 24)}${index.toString(16).padStart(12, '0')}`.replace(
    /^.{8}/,
    randomPart(experimentId),
  );
}
const parts = new Map<string, string>();
function randomPart(experimentId: string): string {
  const part = parts.get(experimentId) ?? randomUUID().slice(0, 8);
  parts.set(experimentId, part);
  return part;
}

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
