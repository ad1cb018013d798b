import { AnalysisPlan } from '@assay/contracts';
import type { ExperimentData } from '../data/experiment-data.js';
import { unchangedSplit } from '../data/split.js';
import { experimentPlan, type ExperimentPlan } from '../plan/experiment-plan.js';
import type { AgeTable } from '../series/age-table.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf, type UnitsOf } from '../testing/data-of.js';
import { healthReport } from './health-report.js';
import type { HealthScans } from './scan-report.js';

const DAY = 86_400_000;

/** Units per day in control and treatment. */
function healthOf(days: readonly (readonly [control: number, treatment: number])[], several = 0) {
  const plan = experimentPlan(aDefinition({ metrics: [{ name: 'm' }] }));
  const units = days.flatMap(([control, treatment], day): UnitsOf[] => [
    { variant: 0, players: control, cells: [0], exposedAt: day * DAY },
    { variant: 1, players: treatment, cells: [0], exposedAt: day * DAY },
  ]);
  const conflicted = { variant: 0, players: several, cells: [0], conflicted: true };
  const data = dataOf(plan, [...units, conflicted]);
  const scans = { attributes: null, ages: null };
  return reportOf(plan, data, scans);
}

const reportOf = (plan: ExperimentPlan, data: ExperimentData, scans: HealthScans) =>
  healthReport({
    plan,
    data,
    split: unchangedSplit(plan.definition),
    segments: null,
    scans,
    computedAt: new Date(0),
  });

describe('the health of an experiment', () => {
  it('is good when units come as planned, every day', () => {
    const health = healthOf(Array.from({ length: 7 }, () => [500, 510]));
    expect(health).toMatchObject({ verdict: 'healthy', issues: [] });
    expect(health.srm.byDay.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 7 }, () => 'ok'));
    expect(health.flow[6]).toEqual({
      day: '1970-01-07',
      units: { control: 500, treatment: 510 },
      multipleExposures: 0,
    });
    const { balance, heterogeneity, novelty } = health;
    expect([balance, heterogeneity, novelty].map(({ refusal }) => refusal?.code)).toEqual(
      Array.from({ length: 3 }, () => 'STILL_COMPUTING'),
    );
  });

  it('is bad on the day on which the split was wrong, though all days together hide it', () => {
    const health = healthOf([
      [500, 500],
      [700, 500],
      [500, 700],
      [500, 500],
    ]);
    expect(health.srm.overall.verdict).toBe('ok');
    expect(health.srm.byDay.map(({ verdict }) => verdict)).toEqual(['ok', 'mismatch', 'mismatch', 'ok']);
    expect(health.verdict).toBe('unhealthy');
    expect(health.issues[0]).toMatch(/always-valid|1970-01-02/);
  });

  it('corrects for the number of days that were looked at', () => {
    const alone = healthOf([[540, 460]]).srm.byDay[0]!;
    const among = healthOf([[540, 460], ...Array.from({ length: 9 }, () => [500, 500] as const)]).srm.byDay[0]!;
    expect(among.pValue).toBe(alone.pValue);
    expect(among.adjustedPValue!).toBeCloseTo(10 * alone.pValue!, 12);
  });

  it('remembers a look that was wrong at any time', () => {
    const { sequential } = healthOf([
      [900, 100],
      [100, 900],
    ]).srm;
    expect(sequential.looks).toBe(2);
    expect(sequential.pValue!).toBeLessThan(1e-50);
    expect(sequential.verdict).toBe('mismatch');
  });

  it('counts units seen in several variants', () => {
    const health = healthOf([[500, 500]], 50);
    expect(health.multipleExposures).toMatchObject({ count: 50, verdict: 'warning' });
    expect(health).toMatchObject({ verdict: 'unhealthy', issues: [expect.stringContaining('50 units')] });
  });

  it('of nothing is not a verdict', () => {
    const health = healthOf([]);
    expect(health.srm.overall.verdict).toBe('insufficient');
    expect(health.srm.sequential).toMatchObject({ pValue: null, looks: 0 });
    expect(health.verdict).toBe('healthy');
  });
});

describe('the scans of an experiment', () => {
  const names = ['a', 'b'];
  const goals = names.map((name) => ({ name, aggregationMethod: 'count' as const }));
  const planWith = (
    analysis: Parameters<typeof AnalysisPlan.parse>[0] = {},
    more: { name: string; aggregationMethod: 'average' }[] = [],
  ) => experimentPlan(aDefinition({ metrics: [...goals, ...more], analysis: AnalysisPlan.parse(analysis) }));
  const at = new Date(60_000);

  /** `players` units of each arm and half with each number of events, of one value of an attribute. */
  const segmentOf = (plan: ExperimentPlan, effect: number) =>
    dataOf(
      plan,
      [0, 1].flatMap((variant) =>
        [1, 2].map((events) => ({ variant, players: 500, cells: [events + variant * effect, events] })),
      ),
    );

  it('say by which attribute an effect differs, corrected over all metrics and attributes', () => {
    const plan = planWith();
    const same = new Map(['web', 'app'].map((device) => [device, segmentOf(plan, 0.3)]));
    const apart = new Map([
      ['NO', segmentOf(plan, 0.3)],
      ['SE', segmentOf(plan, -0.1)],
    ]);
    const attributes = [
      { name: 'device', segments: same },
      { name: 'country', segments: apart },
    ];
    const scans = { attributes: { answer: { attributes, units: 4_000 }, at }, ages: null };
    const { heterogeneity, issues, verdict } = reportOf(plan, segmentOf(plan, 0.1), scans);
    expect(heterogeneity).toMatchObject({ computedAt: at.toISOString(), level: 0.01, units: 4_000, refusal: null });
    expect(heterogeneity.attributes[1]).toEqual({ name: 'country', segments: ['NO', 'SE'] });
    expect(heterogeneity.tests).toHaveLength(4);
    const flagged = heterogeneity.tests.filter((test) => test.flagged);
    expect(flagged.map(({ attribute, metric }) => [attribute, metric])).toEqual([['country', 'a']]);
    expect(flagged[0]!.adjustedPValue! / flagged[0]!.pValue!).toBeCloseTo(4, 9);
    expect(verdict).toBe('warning');
    expect(issues).toEqual([expect.stringMatching(/^The effect of treatment on a differs by country: p = /)]);
  });

  /** Ten days of exposure and as many after it, with so many events a day in the treatment. */
  function tableOf(
    plan: ExperimentPlan,
    meanAt: (age: number) => number,
    before: readonly number[] = [1, 1],
  ): AgeTable {
    const variants = plan.definition.variants.map(({ id }) => id);
    const row = (variantId: string, age: number, mean: number) => {
      return { variantId, age, active: 500, events: { mean, variance: 1 }, total: { mean, variance: 1 }, last: 0 };
    };
    const rows = variants.flatMap((id, arm) => [
      row(id, -1, before[arm] ?? 0),
      ...Array.from({ length: 10 }, (_, age) => row(id, age, arm === 0 ? 1 : meanAt(age))),
      { ...row(id, 28, 1), last: 40 * DAY },
    ]);
    const units = new Map(variants.map((id) => [id, 1_000]));
    return new Map(Array.from({ length: 10 }, (_, day) => [day, { token: '', units, rows }]));
  }

  it('say whose effect wears off, corrected over all metrics', () => {
    const plan = planWith();
    const answer = new Map([
      ['a', tableOf(plan, () => 1.2)],
      ['b', tableOf(plan, (age) => 1.5 - 0.05 * age)],
    ]);
    const { novelty, issues } = reportOf(plan, dataOf(plan, []), { attributes: null, ages: { answer, at } });
    expect(novelty.tests.map(({ metric, verdict, flagged }) => [metric, verdict, flagged])).toEqual([
      ['a', 'none', false],
      ['b', 'novelty', true],
    ]);
    expect(novelty.tests[1]!.adjustedPValue! / novelty.tests[1]!.pValue!).toBeCloseTo(2, 9);
    expect(issues).toEqual([expect.stringMatching(/^The effect of treatment on b wears off with the days since/)]);
  });

  it('tell without CUPED what units did before, of metrics that every unit has', () => {
    const plan = planWith({}, [{ name: 'c', aggregationMethod: 'average' }]);
    const answer = new Map([
      ['a', tableOf(plan, () => 1)],
      ['b', tableOf(plan, () => 1, [1, 1.3])],
    ]);
    const { balance, verdict } = reportOf(plan, dataOf(plan, []), { attributes: null, ages: { answer, at } });
    expect(balance).toMatchObject({ computedAt: at.toISOString(), refusal: null });
    expect(balance.tests.map(({ metric, isBalanced }) => [metric, isBalanced])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(balance.tests[1]).toMatchObject({ controlMean: 0.5, threshold: 0.001 / 2 });
    expect(verdict).toBe('unhealthy');
  });

  it('do not take for imbalance that the treatment makes other units have a value', () => {
    const metrics = [
      { name: 'count', aggregationMethod: 'count' as const },
      { name: 'mean', aggregationMethod: 'average' as const },
    ];
    const plan = experimentPlan(aDefinition({ metrics, analysis: AnalysisPlan.parse({ cuped: true }) }));
    // Cells: events, events before; sum and events of the mean, both before. Buyers come through the treatment.
    const units = (variant: number, buyers: number): UnitsOf[] => [
      { variant, players: 500, cells: [1, 0, 5, 1, 0, 0] },
      { variant, players: buyers, cells: [1, 2, 5, 1, 10, 2] },
      { variant, players: 500 - buyers, cells: [0, 2, 0, 0, 10, 2] },
    ];
    const { balance } = reportOf(plan, dataOf(plan, [...units(0, 100), ...units(1, 400)]), {
      attributes: null,
      ages: null,
    });
    expect(balance.tests.map(({ metric, isBalanced }) => [metric, isBalanced])).toEqual([['count', true]]);
  });
});
