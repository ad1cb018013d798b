import { unchangedSplit } from '../data/split.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf, type UnitsOf } from '../testing/data-of.js';
import { healthReport } from './health-report.js';

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
  return healthReport({ plan, data, split: unchangedSplit(plan.definition), segments: null, computedAt: new Date(0) });
}

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
    expect(health.balance.refusal?.code).toBe('NO_COVARIATES');
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
