import { AnalysisPlan, type AcceptedEvent, type ExperimentResults } from '@assay/contracts';
import { Assignment, type Experiment, type Project } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { ResultsService } from '../results/results.service.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { LookKeeper } from './look-keeper.js';

const START = Date.parse('2026-03-01T00:00:00Z');

describe('the looks of a group-sequential plan on live data', () => {
  let analysis: AnalysisProcess;
  let replica: AnalysisProcess;
  let project: Project;
  let experiment: Experiment;
  let sent = 0;

  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
    experiment = anExperiment(em, { project, status: 'ACTIVE', key: 'looked-at', metrics: ['signup', 'visit'] });
    experiment.analysis = AnalysisPlan.parse({ sequential: 'obrien-fleming', plannedUnits: 400, looks: 4 });
    await em.flush();
    replica = await AnalysisProcess.start({ databaseUrl: analysis.databaseUrl, isConsumer: false });
  });
  afterAll(async () => {
    await replica.stop();
    await analysis.stop();
  });

  const signup = (userId: string): AcceptedEvent => {
    const key = randomUUID();
    const rest = { experimentId: null, variantId: null, flagId: null, metadata: null, value: null };
    return { key, id: key, projectId: project.id, eventType: 'signup', userId, at: START + 60_000, ...rest };
  };

  /** More units, half of them in each arm; every second one of the treatment signs up, every fourth of the control. */
  async function send(count: number): Promise<void> {
    const { em } = analysis;
    const variants = experiment.variants.getItems();
    const made = Array.from({ length: count }, (_, index) => ({ userId: `u${sent + index}`, arm: (sent + index) % 2 }));
    sent += count;
    const events = made.flatMap(({ userId, arm }, index) => (index % 8 < (arm === 1 ? 4 : 2) ? [signup(userId)] : []));
    if (events.length > 0) await analysis.events(events);
    for (const { userId, arm } of made) {
      em.create(Assignment, {
        experiment: experiment.id,
        variant: variants[arm]!.id,
        userId,
        context: { country: 'NO' },
        bucket: 0,
        definitionVersion: 1,
        propensity: 0.5,
        createdAt: new Date(START),
      });
    }
    await em.flush();
    await analysis.assignments(
      made.map(({ userId, arm }) => ({
        projectId: project.id,
        experimentId: experiment.id,
        variantId: variants[arm]!.id,
        userId,
        at: START,
        definitionVersion: 1,
        propensity: 0.5,
      })),
    );
    await analysis.settled();
  }

  const read = (query: Record<string, string> = {}, process = analysis): Promise<ExperimentResults> =>
    process.app.get(ResultsService).read(project.id, 'looked-at', query);
  const viewOf = ({ metrics }: ExperimentResults) => metrics[0]!.comparisons[0]!;
  const stored = async (): Promise<{ statistic: number }[]> => {
    const { rows } = await analysis.sql.query<{ statistic: number }>(
      `SELECT metric, look, planned_look, units::int, information_fraction, critical_value, statistic, crossed
       FROM experimentation.recorded_looks ORDER BY metric, look`,
    );
    return rows;
  };

  it('are taken once, by whoever comes first, when the planned information is there', async () => {
    await send(90);
    expect(viewOf(await read()).sequential).toMatchObject({ look: null, nextLook: { look: 1, units: 100 } });
    expect(await stored()).toEqual([]);
    await send(30);
    // Both replicas, by themselves and asked by many at once.
    const answers = await Promise.all([
      ...[analysis, replica].map((process) => process.app.get(LookKeeper).check()),
      ...Array.from({ length: 8 }, (_, index) => read({}, index % 2 === 0 ? analysis : replica)),
    ]);
    const looks = await stored();
    // Nobody visits: without a statistic there is nothing to look at.
    expect(looks).toEqual([
      expect.objectContaining({ metric: 'signup', look: 1, planned_look: 1, units: 120, information_fraction: 0.3 }),
    ]);
    const views = answers.flatMap((answer) => (answer === undefined ? [] : [viewOf(answer).sequential]));
    expect(views).toHaveLength(8);
    for (const view of views) expect(view).toEqual(views[0]);
    expect(views[0]).toMatchObject({ look: 1, recordedLooks: [{ units: 120 }], nextLook: { look: 2, units: 200 } });
  });

  it('are taken though nobody asks, and stand whatever comes late', async () => {
    const [first] = await stored();
    await send(80);
    const keeper = replica.app.get(LookKeeper);
    await keeper.check();
    // More may be under way: it is taken at the next check.
    expect(await stored()).toEqual([first]);
    await keeper.check();
    const before = await stored();
    expect(before).toEqual([first, expect.objectContaining({ look: 2, units: 200, information_fraction: 0.5 })]);
    // Events that come late, for units that were looked at.
    await analysis.events(Array.from({ length: 60 }, (_, index) => signup(`u${2 * index}`)));
    await analysis.settled();
    const { sequential, statistic } = viewOf(await read());
    expect(await stored()).toEqual(before);
    expect(sequential!.recordedLooks.map((look) => look.statistic)).toEqual(before.map((row) => row.statistic));
    expect(statistic).not.toBeCloseTo(sequential!.recordedLooks[1]!.statistic, 3);
  });

  it('count from the moment on at which they were taken, and only at all of the data', async () => {
    const { recordedLooks } = viewOf(await read()).sequential!;
    const second = Date.parse(recordedLooks[1]!.takenAt);
    const at = async (moment: number) => viewOf(await read({ asOf: new Date(moment).toISOString() })).sequential;
    expect(await at(second - 1)).toMatchObject({ look: 1, recordedLooks: [{ look: 1 }] });
    expect(await at(second)).toMatchObject({ look: 2 });
    expect(await at(Date.parse(recordedLooks[0]!.takenAt) - 1)).toMatchObject({ look: null, recordedLooks: [] });
    const part = viewOf(await read({ from: '2026-01-01T00:00:00Z' }));
    expect(part).toMatchObject({ sequential: null, sequentialRefusal: { code: 'WHOLE_DATA_ONLY' }, decisive: null });
    const [segment] = (await read({ dimension: 'country' })).metrics[0]!.dimension!.segments;
    expect(segment!.comparisons[0]).toMatchObject({ sequential: null, decisive: null });
    expect(await stored()).toHaveLength(2);
  });
});
