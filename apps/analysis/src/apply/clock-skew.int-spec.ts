import type { AcceptedEvent } from '@assay/contracts';
import { Assignment, Project } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { DataReader } from '../data/data-reader.js';
import { PlanBook } from '../plan/plan-book.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { batchQuery } from '../testing/batch-query.js';
import { rowsOf } from '../testing/held-rows.js';
import { keyOf } from '../testing/random-history.js';

const MINUTE = 60_000;
const ASSIGNED = Date.parse('2026-03-01T12:00:00Z');
/** How many minutes clocks are ahead: that of the application which sends the events, and that of the service which assigns. */
const SENDERS = [-12, -7, -1, 0, 1, 3, 12];
const ASSIGNERS = [-6, 0, 5];
/** True minutes between the assignment and the events of each user; the window of `soon` is an hour. */
const EVENTS = [-30, -4, 2, 8, 20, 57, 64];

interface User {
  readonly userId: string;
  readonly arm: 0 | 1;
  readonly ahead: number;
  readonly assignedAt: number;
}

const USERS: readonly User[] = [0, 1].flatMap((arm) =>
  SENDERS.flatMap((ahead) =>
    ASSIGNERS.map((assigner) => ({
      userId: `user-${arm}-${ahead}-${assigner}`,
      arm: arm as 0 | 1,
      ahead,
      assignedAt: ASSIGNED + assigner * MINUTE,
    })),
  ),
);

/** What clocks say decides what counts, and the same for each user whichever came first over the log. */
describe('events and assignments whose clocks differ by minutes', () => {
  let analysis: AnalysisProcess;
  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
  });
  afterAll(() => analysis.stop());

  it('give what a batch query over the stored rows gives', async () => {
    const { em } = analysis;
    const project = aProject(em);
    await em.flush();
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const experiment = anExperiment(em, { project: home, status: 'ACTIVE', metrics: ['all', 'soon', 'first'] });
    experiment.analysis = { cuped: true };
    for (const metric of experiment.metricDefinitions.getItems()) {
      Object.assign(metric, { eventName: 'buy', metricType: 'CUSTOM', aggregationMethod: 'count' });
      if (metric.name === 'soon') Object.assign(metric, { aggregationMethod: 'sum', windowHours: 1 });
      if (metric.name === 'first') metric.aggregationMethod = 'first';
    }
    await em.flush();

    const eventOf = (user: User, minutes: number): AcceptedEvent => {
      const key = keyOf(experiment.id, USERS.indexOf(user) * EVENTS.length + EVENTS.indexOf(minutes));
      const at = ASSIGNED + (minutes + user.ahead) * MINUTE;
      const rest = { experimentId: null, variantId: null, flagId: null, metadata: null };
      const { userId } = user;
      return { key, id: key, projectId: project.id, eventType: 'buy', userId, at, value: 100 + minutes, ...rest };
    };
    const eventsOf = (users: readonly User[], minutes: readonly number[]) =>
      analysis.events(users.flatMap((user) => minutes.map((each) => eventOf(user, each))));
    const assign = async (users: readonly User[]): Promise<void> => {
      const rows = users.map(({ userId, arm, assignedAt }) => ({
        userId,
        variantId: experiment.variants.getItems()[arm]!.id,
        at: assignedAt,
      }));
      for (const { userId, variantId, at } of rows) {
        const fields = { experiment: experiment.id, variant: variantId, userId, context: {}, bucket: 0 };
        em.create(Assignment, { ...fields, definitionVersion: 1, propensity: 0.5, createdAt: new Date(at) });
      }
      await em.flush();
      const common = { projectId: project.id, experimentId: experiment.id, definitionVersion: 1, propensity: 0.5 };
      await analysis.assignments(rows.map((row) => ({ ...common, ...row })));
    };

    // Of some users all events come before the assignment, of some none, of some half.
    const [early, middle, late] = [0, 1, 2].map((part) => USERS.filter((_, index) => index % 3 === part)) as [
      User[],
      User[],
      User[],
    ];
    await eventsOf(early, EVENTS.toReversed());
    await eventsOf(middle, EVENTS.slice(3));
    await analysis.settled();
    await assign(USERS);
    await analysis.settled();
    await eventsOf(middle, EVENTS.slice(0, 3));
    await eventsOf(late, EVENTS);
    await analysis.settled();

    const plan = await analysis.app.get(PlanBook).fetch(project.id, experiment.id);
    if (plan === undefined) throw new Error('no plan');
    const held = rowsOf(plan, await analysis.app.get(DataReader).current(plan));
    const expected = await batchQuery(analysis.sql, experiment.id);
    const inOrder = <T extends { variantId: string; metric: string }>(rows: readonly T[]) =>
      rows
        .map(({ variantId, metric, ...rest }) => ({ variantId, metric, ...rest }))
        .sort((a, b) => `${a.metric} ${a.variantId}`.localeCompare(`${b.metric} ${b.variantId}`));
    expect(inOrder(held)).toEqual(inOrder(expected));

    // And as anybody would count them: from the moment that the assigning clock says.
    const counted = USERS.map((user) => EVENTS.filter((each) => eventOf(user, each).at >= user.assignedAt).length);
    expect(new Set(counted).size).toBeGreaterThan(3);
    for (const arm of [0, 1]) {
      const variantId = experiment.variants.getItems()[arm]!.id;
      const all = held.find((row) => row.metric === 'all' && row.variantId === variantId);
      const sum = counted.reduce((total, each, index) => total + (USERS[index]?.arm === arm ? each : 0), 0);
      expect([all?.n, all?.sums[0]]).toEqual([USERS.length / 2, sum]);
    }
  });
});
