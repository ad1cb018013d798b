import { AnalysisPlan, type AcceptedEvent, type ExperimentResults } from '@assay/contracts';
import { Assignment, Project, type Experiment, type Metric } from '@assay/models';
import { aProject, anExperiment } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { ResultsService } from '../results/results.service.js';
import { AnalysisProcess } from './analysis-process.js';
import { randomNumbers } from './random-numbers.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The first exposure is three hours later. */
export const START = Date.parse('2026-03-01T00:00:00Z');
export const USERS = 600;

/** A user as it was made up; what analysis answers is compared with methods applied to these values. */
export interface Made {
  readonly userId: string;
  readonly arm: 0 | 1;
  readonly country: string;
  readonly exposedAt: number;
  /** Purchases before and after the exposure. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly visited: boolean;
}

const METRICS: Record<string, Partial<Metric>> = {
  revenue: { aggregationMethod: 'sum', expectedEffect: 0.1 },
  capped: { aggregationMethod: 'sum', capPercentile: 0.9, ignoreZeros: true },
  orders: { aggregationMethod: 'count', covariates: ['revenue'] },
  basket: { aggregationMethod: 'average', role: 'secondary' },
  price: { aggregationMethod: 'quantile', quantile: 0.8, role: 'secondary' },
  spent: { aggregationMethod: 'quantile', quantile: 0.5, quantileBy: 'unit', role: 'secondary' },
  kinds: { aggregationMethod: 'distinct', role: 'secondary' },
  funnel: { aggregationMethod: 'funnel', role: 'secondary', metricType: 'CONVERSION' },
  rate: { aggregationMethod: 'ratio', role: 'guardrail' },
};

/** An experiment with metrics of every kind, its users' events and assignments as the log brought them. */
export class LiveExperiment {
  private constructor(
    readonly analysis: AnalysisProcess,
    readonly project: Project,
    readonly users: readonly Made[],
  ) {}

  /** With one experiment, `live`, which everybody is in. */
  static async start(): Promise<LiveExperiment> {
    const analysis = await AnalysisProcess.start();
    const { em } = analysis;
    const project = aProject(em);
    await em.flush();
    const live = new LiveExperiment(analysis, project, madeUsers(USERS));
    const experiment = await live.newExperiment('live', {
      cuped: true,
      stratifyBy: null,
      correction: 'holm',
      sequential: 'asymptotic-cs',
      plannedUnits: USERS,
    });
    await analysis.events(live.users.flatMap((user) => live.eventsOf(user)));
    await live.assign(experiment, live.users);
    return live;
  }

  async newExperiment(key: string, analysisPlan: Record<string, unknown>): Promise<Experiment> {
    const { em } = this.analysis;
    const home = await em.findOneOrFail(Project, this.project.id, { populate: ['environments'] });
    const made = anExperiment(em, { project: home, status: 'ACTIVE', key, metrics: Object.keys(METRICS) });
    made.analysis = AnalysisPlan.parse(analysisPlan);
    for (const metric of made.metricDefinitions.getItems()) {
      Object.assign(metric, { eventName: 'buy', metricType: 'CUSTOM', ...METRICS[metric.name] });
      if (metric.aggregationMethod === 'funnel') metric.steps = ['visit', 'buy'];
      if (metric.aggregationMethod === 'ratio') metric.denominatorEventName = 'visit';
    }
    await em.flush();
    return made;
  }

  private eventsOf(user: Made): AcceptedEvent[] {
    const event = (eventType: string, at: number, value: number | null): AcceptedEvent =>
      this.event(user.userId, eventType, at, value);
    return [
      ...user.before.map((value, index) => event('buy', user.exposedAt - (index + 1) * HOUR, value)),
      ...(user.visited ? [event('visit', user.exposedAt + HOUR, null)] : []),
      ...user.after.map((value, index) => event('buy', user.exposedAt + (index + 2) * HOUR, value)),
    ];
  }

  event(userId: string, eventType: string, at: number, value: number | null): AcceptedEvent {
    const key = randomUUID();
    const rest = { experimentId: null, variantId: null, flagId: null, metadata: null };
    return { key, id: key, projectId: this.project.id, eventType, userId, at, value, ...rest };
  }

  /** Puts users into arms of an experiment; resolves when analysis has counted all that it was told. */
  async assign(to: Experiment, made: readonly Made[]): Promise<void> {
    const { analysis, project } = this;
    const { em } = analysis;
    const variants = to.variants.getItems();
    for (const user of made) {
      em.create(Assignment, {
        experiment: to.id,
        variant: variants[user.arm]!.id,
        userId: user.userId,
        context: { country: user.country },
        bucket: 0,
        definitionVersion: 1,
        propensity: 0.5,
        createdAt: new Date(user.exposedAt),
      });
    }
    await em.flush();
    await analysis.assignments(
      made.map((user) => ({
        projectId: project.id,
        experimentId: to.id,
        variantId: variants[user.arm]!.id,
        userId: user.userId,
        at: user.exposedAt,
        definitionVersion: 1,
        propensity: 0.5,
      })),
    );
    await analysis.settled();
  }

  read(query: Record<string, string> = {}): Promise<ExperimentResults> {
    return this.analysis.app.get(ResultsService).read(this.project.id, 'live', query);
  }

  arm(index: number): Made[] {
    return this.users.filter((user) => user.arm === index);
  }
}

export const metricOf = (results: ExperimentResults, name: string) =>
  results.metrics.find((each) => each.name === name)!;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Users whose purchases after the exposure go with those before it; a tenth of them buys nothing. */
function madeUsers(count: number): Made[] {
  const random = randomNumbers(20_261_122);
  return Array.from({ length: count }, (_, index): Made => {
    const spend = random() < 0.1 ? 0 : 20 + 200 * random();
    const arm = (index % 2) as 0 | 1;
    const purchases = (most: number): number[] =>
      spend === 0
        ? []
        : Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.round(spend * (0.8 + 0.4 * random())));
    return {
      userId: `user-${index}`,
      arm,
      country: ['NO', 'NO', 'NO', 'SE', 'SE', 'DK'][Math.floor(index / 2) % 6] ?? 'NO',
      exposedAt: START + Math.floor(index / 60) * DAY + 3 * HOUR,
      before: random() < 0.2 ? [] : purchases(3),
      after: purchases(3).map((value) => value + 12 * arm),
      visited: random() < 0.7,
    };
  });
}
