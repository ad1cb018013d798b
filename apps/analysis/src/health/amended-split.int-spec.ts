import type { ExperimentHealth, ExperimentResults } from '@assay/contracts';
import { ExperimentRevision, Project, type Experiment } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { ResultsService } from '../results/results.service.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { HealthService } from './health.service.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');
/** In the middle of a day. */
const AMENDED = START + 2 * DAY + 12 * HOUR;
const BEFORE = 4_000;
const AFTER = 6_000;
/** So many of these within ten minutes of the change, by a service that has not heard of it. */
const STRAGGLERS = 500;

interface Unit {
  readonly userId: string;
  readonly treated: boolean;
  readonly at: number;
  readonly version: number;
}

describe('the split of an experiment whose allocation was amended while it ran', () => {
  let analysis: AnalysisProcess;
  let project: Project;

  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
  });
  afterAll(() => analysis.stop());

  it('is as it was to be when each unit came', async () => {
    await run('kept', () => true);
    const { srm, verdict } = await results('kept');
    expect(srm).toMatchObject({ verdict: 'ok', degreesOfFreedom: 1, expectation: 'allocation-at-exposure' });
    expect(verdict.decision).not.toBe('invalid');
    const health = await healthOf('kept');
    expect(health.issues).toEqual([]);
    expect(health.srm.overall).toEqual(srm);
    expect(health.srm.byDay.map((day) => [day.day, day.verdict])).toEqual(
      [1, 2, 3, 4, 5].map((day) => [`2026-03-0${day}`, 'ok']),
    );
    expect(health.srm.bySegment!.map(({ segment, verdict: each }) => [segment, each])).toEqual([
      ['NO', 'ok'],
      ['SE', 'ok'],
    ]);
    expect(health.srm.sequential).toMatchObject({ looks: 5, verdict: 'ok' });
    expect(health.srm.allocations.map(({ version, since, shares }) => [version, since, shares])).toEqual([
      [2, null, { control: 50, 'treatment-1': 50 }],
      [4, new Date(AMENDED).toISOString(), { control: 90, 'treatment-1': 10 }],
    ]);
    // Those who were assigned by the old definition after the change are counted where they belong.
    expect(health.srm.allocations.map(({ units }) => units['control']! + units['treatment-1']!)).toEqual([
      BEFORE + STRAGGLERS,
      AFTER - STRAGGLERS,
    ]);
  });

  it('is what it was at a moment, and within a period', async () => {
    const early = await results('kept', { asOf: new Date(AMENDED - 1).toISOString() });
    expect(early.srm).toMatchObject({ verdict: 'ok', expectation: 'allocation' });
    expect(Object.values(early.units).reduce((sum, count) => sum + count, 0)).toBe(BEFORE);
    const later = await results('kept', { asOf: new Date(START + 30 * DAY).toISOString() });
    expect(later.srm).toEqual((await results('kept')).srm);
    const period = await results('kept', { from: new Date(AMENDED - 6 * HOUR).toISOString() });
    expect(period.srm).toMatchObject({ verdict: 'ok', expectation: 'allocation-at-exposure' });
  });

  it('is broken when units of an arm get lost, before the change or after it', async () => {
    const random = randomNumbers(7);
    await run('loses-treated', ({ treated }) => !treated || random() > 0.15);
    const broken = await results('loses-treated');
    expect(broken.srm).toMatchObject({ verdict: 'mismatch', expectation: 'allocation-at-exposure' });
    expect(broken.verdict.decision).toBe('invalid');
    await run('loses-late', ({ treated, at }) => !treated || at < AMENDED || random() > 0.25);
    const late = await healthOf('loses-late');
    expect(late.srm.overall.verdict).toBe('mismatch');
    expect(late.srm.byDay.slice(0, 2).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(late.srm.sequential.verdict).toBe('mismatch');
    expect(late.verdict).toBe('unhealthy');
  });

  async function run(key: string, arrives: (unit: Unit) => boolean): Promise<void> {
    const { em } = analysis;
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', key, allocations: [90, 10] });
    await em.flush();
    await analysis.sql.query('UPDATE experimentation.experiments SET version = 4 WHERE id = $1', [experiment.id]);
    revisionsOf(experiment).forEach((fields) =>
      em.create(ExperimentRevision, { experiment, reason: null, actorId: null, ...fields }),
    );
    await em.flush();
    const [control, treatment] = experiment.variants.getItems();
    const units = madeUnits(key).filter(arrives);
    await analysis.sql.query(
      `INSERT INTO experimentation.assignments (id, created_at, updated_at, experiment_id, variant_id, user_id, context, bucket, definition_version, propensity)
       SELECT gen_random_uuid(), at, at, $1, variant_id, user_id, jsonb_build_object('country', country), 0, version, 0.5
       FROM unnest($2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::int[]) AS u(at, variant_id, user_id, country, version)`,
      [
        experiment.id,
        units.map(({ at }) => new Date(at)),
        units.map(({ treated }) => (treated ? treatment!.id : control!.id)),
        units.map(({ userId }) => userId),
        units.map(({ userId }) => (userId.endsWith('3') ? 'SE' : 'NO')),
        units.map(({ version }) => version),
      ],
    );
    await analysis.assignments(
      units.map(({ userId, treated, at, version }) => ({
        projectId: project.id,
        experimentId: experiment.id,
        variantId: treated ? treatment!.id : control!.id,
        userId,
        at,
        definitionVersion: version,
        propensity: 0.5,
      })),
    );
    await analysis.settled();
  }

  /** Drafted at 20/80, started at 50/50, renamed, amended to 90/10. */
  function revisionsOf({ variants }: Experiment) {
    const [control, treatment] = variants.getItems();
    const definition = (status: string, share: number) => ({
      status,
      variants: [
        { id: control!.id, key: control!.key, trafficAllocation: share },
        { id: treatment!.id, key: treatment!.key, trafficAllocation: 100 - share },
      ],
    });
    return [
      { version: 1, change: 'created', definition: definition('DRAFT', 20), createdAt: new Date(START - DAY) },
      { version: 2, change: 'started', definition: definition('ACTIVE', 50), createdAt: new Date(START) },
      { version: 3, change: 'updated', definition: definition('ACTIVE', 50), createdAt: new Date(START + DAY) },
      { version: 4, change: 'amended', definition: definition('ACTIVE', 90), createdAt: new Date(AMENDED) },
    ];
  }

  function madeUnits(key: string): Unit[] {
    const random = randomNumbers(20_261_123);
    const unit = (name: string, share: number, at: number, version: number): Unit => {
      return { userId: `${key}-${name}`, treated: random() < share, at, version };
    };
    return [
      ...Array.from({ length: BEFORE }, (_, index) =>
        unit(`a${index}`, 0.5, START + Math.floor((index / BEFORE) * (AMENDED - START)), 2 + (index % 2)),
      ),
      ...Array.from({ length: AFTER }, (_, index) =>
        index < STRAGGLERS
          ? unit(`b${index}`, 0.5, AMENDED + Math.floor((index / STRAGGLERS) * 10 * MINUTE), 3)
          : unit(`b${index}`, 0.1, AMENDED + MINUTE + Math.floor(((index - STRAGGLERS) / AFTER) * 2 * DAY), 4),
      ),
    ];
  }

  const results = (key: string, query: Record<string, string> = {}): Promise<ExperimentResults> =>
    analysis.app.get(ResultsService).read(project.id, key, query);
  const healthOf = (key: string): Promise<ExperimentHealth> =>
    analysis.app.get(HealthService).read(project.id, key, 'country');
});
