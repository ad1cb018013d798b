import { EXPOSURE, type AcceptedEvent, type ExperimentHealth, type TimeSeries } from '@assay/contracts';
import { Project, type Experiment } from '@assay/models';
import { compareArms, meanFromValues } from '@assay/stats';
import { aProject, anExperiment } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { SeriesService } from '../series/series.service.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { HealthService } from './health.service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');
const USERS = 600;
/** Days after the exposure on which everybody is seen. */
const DAYS = 9;

interface Made {
  readonly userId: string;
  readonly arm: number;
  readonly device: string;
  readonly exposedAt: number;
  /** What was spent on each day after the exposure. */
  readonly spent: readonly number[];
}

/** What the treatment makes users spend wears off, and is there on phones only. */
function madeUsers(): Made[] {
  const random = randomNumbers(11);
  return Array.from({ length: USERS }, (_, index) => {
    const arm = index % 2;
    const device = index % 4 < 2 ? 'phone' : 'desk';
    const effect = (age: number): number => (arm === 1 && device === 'phone' ? 12 - 1.5 * age : 0);
    const spent = Array.from(
      { length: DAYS },
      (_day, age) => Math.round(100 * (20 + 6 * random() + effect(age))) / 100,
    );
    return {
      userId: `user-${index}`,
      arm,
      device,
      exposedAt: START + (Math.floor(index / 4) % 2) * DAY + 5 * HOUR,
      spent,
    };
  });
}

describe('the scans that the health of an experiment shows', () => {
  let analysis: AnalysisProcess;
  let project: Project;
  let experiment: Experiment;
  const users = madeUsers();

  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    experiment = anExperiment(em, { project: home, status: 'ACTIVE', key: 'scanned', metrics: ['spent'] });
    for (const metric of experiment.metricDefinitions.getItems()) {
      Object.assign(metric, { eventName: 'buy', metricType: 'REVENUE', aggregationMethod: 'sum', role: 'goal' });
      metric.eventValuePath = '$.total';
    }
    await em.flush();
    await analysis.events(
      users.flatMap((user) => [exposureOf(user), ...user.spent.map((total, age) => buy(user, age, total))]),
    );
    await analysis.settled();
  });
  afterAll(() => analysis.stop());

  const event = (user: Made, eventType: string, at: number, metadata: Record<string, unknown>): AcceptedEvent => {
    const key = randomUUID();
    const rest = { value: null, experimentId: null, variantId: null, flagId: null };
    return { key, id: key, projectId: project.id, eventType, userId: user.userId, at, metadata, ...rest };
  };

  /** No assignment: the attributes are in the metadata of the exposure, beside what names one unit or several things. */
  const exposureOf = (user: Made): AcceptedEvent => ({
    ...event(user, EXPOSURE, user.exposedAt, { device: user.device, email: user.userId, tags: ['a'], page: '/' }),
    experimentId: experiment.id,
    variantId: experiment.variants.getItems()[user.arm]!.id,
  });

  const buy = (user: Made, age: number, total: unknown): AcceptedEvent =>
    event(user, 'buy', user.exposedAt + age * DAY + HOUR, { total });

  const health = (): Promise<ExperimentHealth> =>
    analysis.app.get(HealthService).read(project.id, 'scanned', undefined);
  const series = (): Promise<TimeSeries> => analysis.app.get(SeriesService).read(project.id, 'scanned', undefined);

  it('find the attribute by which an effect differs, and that it wears off', async () => {
    const { heterogeneity, novelty, balance, issues } = await health();
    expect(heterogeneity).toMatchObject({
      attributes: [{ name: 'device', segments: ['desk', 'phone'] }],
      units: USERS,
      tests: [{ attribute: 'device', metric: 'spent', variantKey: 'treatment-1', flagged: true, degreesOfFreedom: 1 }],
    });
    expect(novelty.tests).toMatchObject([{ metric: 'spent', verdict: 'novelty', flagged: true }]);
    expect(novelty.tests[0]!.slope!.estimate!).toBeCloseTo(-0.75, 1);
    // Nobody did anything before.
    expect(balance.tests).toMatchObject([{ metric: 'spent', controlMean: 0, treatmentMean: 0, pValue: null }]);
    expect(issues).toEqual([expect.stringContaining('differs by device'), expect.stringContaining('wears off')]);
  });

  it('tell the effect of each day as from the units’ values, also of what comes late', async () => {
    // Events reach into the tenth day: to the end of their eighth day after it for those exposed on the first, no further.
    const expected = (age: number, more: readonly number[] = [0, 0]) => {
      const values = (arm: number): number[] =>
        users
          .filter((user) => user.arm === arm && user.exposedAt < START + (age < 7 ? 2 : 1) * DAY)
          .map(({ spent }, index) => (spent[age] ?? 0) + (index === 0 ? (more[arm] ?? 0) : 0));
      const { absolute } = compareArms({ control: meanFromValues(values(0)), treatment: meanFromValues(values(1)) });
      return absolute!;
    };
    const days = async () => (await series()).novelty[0]!.days;
    const before = await days();
    expect(before.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    before.forEach(({ day, estimate, standardError }) => {
      expect(estimate).toBeCloseTo(expected(day).estimate, 9);
      expect(standardError).toBeCloseTo(expected(day).standardError!, 9);
    });
    await analysis.events([buy(users[1]!, 3, 500), buy(users[1]!, 3, 'free')]);
    await analysis.settled();
    const after = await days();
    expect(after[3]!.estimate).toBeCloseTo(expected(3, [0, 500]).estimate, 9);
    expect(after[3]!.standardError).toBeCloseTo(expected(3, [0, 500]).standardError!, 9);
    expect(after[4]!.estimate).toBeCloseTo(before[4]!.estimate, 9);
  });
});
