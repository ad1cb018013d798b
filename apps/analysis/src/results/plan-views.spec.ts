import { AnalysisPlan, type ExperimentDefinition, type Metric } from '@assay/contracts';
import { groupSequentialBounds, normalTwoSidedP } from '@assay/stats';
import { unchangedSplit } from '../data/split.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf, type UnitsOf } from '../testing/data-of.js';
import { dueLooks } from '../looks/due-looks.js';
import { experimentResults, metricResults } from './experiment-results.js';

type PlanFields = Parameters<typeof AnalysisPlan.parse>[0];

const DAY = 86_400_000;

function resultsOf(
  analysis: PlanFields,
  metrics: readonly (Partial<Metric> & { name: string })[],
  units: UnitsOf[],
  rest: Partial<ExperimentDefinition> = {},
) {
  const { metrics: _metrics, ...fields } = rest;
  const definition = aDefinition({ metrics, analysis: AnalysisPlan.parse(analysis), ...fields });
  const plan = experimentPlan(definition);
  const computedAt = new Date(10 * DAY);
  const given = { plan, data: dataOf(plan, units), strata: null, computedAt, ratedAt: computedAt };
  const looks = dueLooks(definition, metricResults({ ...given, looks: [] }), [], computedAt);
  return experimentResults({
    ...given,
    split: unchangedSplit(definition),
    looks,
    dimension: null,
    metric: undefined,
  });
}

/** So many conversions of so many units in control and treatment. */
const rates = (n: number, control: number, treatment: number, exposedAt = 0): UnitsOf[] => [
  { variant: 0, players: control, cells: [1], exposedAt },
  { variant: 0, players: n - control, cells: [0], exposedAt },
  { variant: 1, players: treatment, cells: [1], exposedAt },
  { variant: 1, players: n - treatment, cells: [0], exposedAt },
];

const one = (results: ReturnType<typeof resultsOf>) => results.metrics[0]!.comparisons[0]!;

describe('the views of a plan', () => {
  it('stand side by side, and the plan says which one decides', () => {
    const units = rates(2_000, 400, 460);
    const fixed = resultsOf({}, [{ name: 'm' }], units);
    expect(one(fixed)).toMatchObject({ decidedBy: 'fixed', significant: true, decisive: true, sequential: null });
    const sequential = resultsOf({ sequential: 'asymptotic-cs', plannedUnits: 4_000 }, [{ name: 'm' }], units);
    expect(one(sequential)).toMatchObject({ decidedBy: 'sequential', significant: true, decisive: false });
    expect(one(sequential).sequential!.pValue!).toBeGreaterThan(one(sequential).pValue!);
    expect(one(sequential).bayesian!.chanceToWin).toBeGreaterThan(0.95);
    const bayesian = resultsOf({ engine: 'bayesian', sequential: 'msprt' }, [{ name: 'm' }], units);
    expect(one(bayesian)).toMatchObject({ decidedBy: 'bayesian', decisive: true });
    expect(one(bayesian).sequential).toMatchObject({ method: 'msprt' });
    for (const results of [fixed, sequential, bayesian]) expect(one(results).pValue).toBe(one(fixed).pValue);
  });

  it.each(['obrien-fleming', 'pocock'] as const)('%s looks when its plan does, at the data that there are', (kind) => {
    const plan = { sequential: kind, plannedUnits: 10_000, looks: 5 };
    // Nobody looked at 20 % of the plan: that look was not taken, and has spent nothing.
    const early = one(resultsOf(plan, [{ name: 'm' }], rates(2_100, 420, 430))).sequential!;
    const expected = groupSequentialBounds({
      informationFractions: [0.42],
      alphaOneSided: 0.025,
      boundary: { kind },
    });
    expect(early).toMatchObject({ method: kind, units: 4_200, informationFraction: 0.42, look: 2, looks: 5 });
    expect(early.nextLook).toEqual({ look: 3, units: 6_000, informationFraction: 0.6 });
    expect(early.pValue).toBeNull();
    expect(early.criticalValue).toBeCloseTo((expected.ok && expected.value.criticalValues[0]) || NaN, 9);
    const z = one(resultsOf(plan, [{ name: 'm' }], rates(2_100, 420, 430))).statistic!;
    expect(early.recordedLooks).toMatchObject([
      { look: 2, units: 4_200, statistic: z, takenAt: '1970-01-11T00:00:00.000Z' },
    ]);
    expect(early.significant).toBe(Math.abs(z) >= early.criticalValue!);
    const late = one(resultsOf(plan, [{ name: 'm' }], rates(6_000, 1_200, 1_320))).sequential!;
    expect(late).toMatchObject({ informationFraction: 1, look: 5, nextLook: null });
    // One look at the end is the test at a fixed horizon.
    expect(late.criticalValue).toBeCloseTo(1.959963984540054, 9);
  });

  it('haybittle-peto asks for three standard errors before the end, unless they alone cost more than the level', () => {
    const plan = { sequential: 'haybittle-peto', plannedUnits: 10_000 } as const;
    expect(one(resultsOf(plan, [{ name: 'm' }], rates(2_000, 400, 460))).sequential!.criticalValue).toBe(3);
    const last = one(resultsOf(plan, [{ name: 'm' }], rates(5_000, 1_000, 1_100))).sequential!.criticalValue!;
    expect(last).toBeCloseTo(1.959963984540054, 9);
    const strict = one(resultsOf({ ...plan, alpha: 0.002 }, [{ name: 'm' }], rates(2_000, 400, 460)));
    expect(strict).toMatchObject({ sequential: null, sequentialRefusal: { code: 'PLAN_INVALID' }, decisive: null });
  });

  it('mixture tests wait for a hundred units, and share the level of a corrected family', () => {
    const plan = { sequential: 'msprt', mixtureScale: 0.1, correction: 'holm' } as const;
    const early = one(resultsOf(plan, [{ name: 'm' }], rates(90, 20, 40)));
    expect(early).toMatchObject({ sequential: null, sequentialRefusal: { code: 'NOT_ENOUGH_TRAFFIC' } });
    const both = [{ name: 'm' }, { name: 'k' }];
    const units = rates(2_000, 400, 460).map((group) => ({ ...group, cells: [group.cells[0]!, 0] }));
    expect(one(resultsOf(plan, both, units)).sequential).toMatchObject({ alpha: 0.025, mixtureScale: 0.1 });
  });

  it('mixture tests are two-sided, and say so', () => {
    const plan = { sequential: 'msprt', alternative: 'one-sided' } as const;
    expect(one(resultsOf(plan, [{ name: 'm' }], rates(2_000, 400, 460)))).toMatchObject({
      sequential: null,
      sequentialRefusal: { code: 'TWO_SIDED_ONLY' },
    });
  });

  it('one-sided plans look for improvements only', () => {
    const worse = resultsOf({ alternative: 'one-sided' }, [{ name: 'm' }], rates(2_000, 460, 400));
    expect(one(worse).pValue).toBeGreaterThan(0.95);
    expect(one(worse).absolute!.ci![1]).toBeNull();
    expect(worse.verdict.decision).toBe('no-difference-yet');
    const lower = resultsOf({ alternative: 'one-sided' }, [{ name: 'm', lowerIsBetter: true }], rates(2_000, 460, 400));
    expect(one(lower).pValue).toBeCloseTo(normalTwoSidedP(one(lower).statistic!) / 2, 12);
    expect(lower.verdict).toMatchObject({ decision: 'treatment-better', action: 'ship' });
  });

  it('a prior draws the Bayesian view towards itself', () => {
    const prior = { mean: 0, standardDeviation: 0.02 };
    const flat = one(resultsOf({}, [{ name: 'm' }], rates(2_000, 400, 460))).bayesian!;
    const drawn = one(resultsOf({ prior }, [{ name: 'm' }], rates(2_000, 400, 460))).bayesian!;
    expect(drawn.chanceToWin).toBeLessThan(flat.chanceToWin);
    expect(drawn.chanceToWin).toBeGreaterThan(0.5);
  });

  it('a prior is the Bayesian view where everybody converted, and decides nothing by itself', () => {
    const plan = { engine: 'bayesian', prior: { mean: 0.5, standardDeviation: 0.1 } } as const;
    const results = resultsOf(plan, [{ name: 'm', isPrimary: true }], rates(2_000, 2_000, 2_000));
    expect(one(results)).toMatchObject({ refusal: { code: 'ZERO_VARIANCE' }, decisive: null });
    expect(one(results).bayesian!.chanceToWin).toBeGreaterThan(0.99);
    expect(results.verdict.action).not.toBe('ship');
    expect(one(resultsOf({ engine: 'bayesian' }, [{ name: 'm' }], rates(9, 9, 9))).bayesian).toBeNull();
  });

  it('the relative effect of a noisy control has another interval, without ends where control may be nothing', () => {
    const method = (control: number, treatment: number) =>
      one(resultsOf({}, [{ name: 'm' }], rates(2_000, control, treatment))).relative!.robust?.method;
    expect(method(400, 460)).toBeUndefined();
    expect(method(60, 40)).toBe('log');
    const spent = (variant: number, values: readonly number[]): UnitsOf[] =>
      values.map((value) => ({ variant, players: 1, cells: [value], exposedAt: 0 }));
    const few = resultsOf(
      {},
      [{ name: 'm', aggregationMethod: 'sum' }],
      [...spent(0, [0, 0, 0, 9]), ...spent(1, [0, 0, 5, 9])],
    );
    expect(one(few).relative).toMatchObject({ robust: { method: 'fieller', ci: [null, null] } });
    expect(one(few).absolute!.ci).not.toContain(null);
  });
});

describe('the verdict', () => {
  const primary = { name: 'm', isPrimary: true };

  it('ships what is better, and says by which number', () => {
    const { verdict } = resultsOf({}, [primary], rates(2_000, 400, 460));
    expect(verdict).toMatchObject({
      decision: 'treatment-better',
      action: 'ship',
      winner: 'treatment',
      decidedBy: 'fixed',
    });
    expect(verdict.reasons[0]).toContain('p = 0.0209');
    const chance = resultsOf({ engine: 'bayesian' }, [primary], rates(2_000, 400, 460)).verdict;
    expect(chance).toMatchObject({ action: 'ship', decidedBy: 'bayesian' });
    expect(chance.reasons[0]).toContain('chance to win 98.4 %');
  });

  it('keeps running before the boundary, whatever the fixed horizon says', () => {
    const plan = { sequential: 'obrien-fleming', plannedUnits: 10_000 } as const;
    const { verdict } = resultsOf(plan, [primary], rates(2_000, 400, 460));
    expect(verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', decidedBy: 'sequential' });
    expect(verdict.reasons[0]).toMatch(
      /z = \+2\.31 against the boundary 3\.\d+ at 40 % of the plan .*\. Look 3 of 5 is due at 6,000 units; there are 4,000\.$/,
    );
    expect(verdict.needs).toMatchObject({ units: 6_000 });
  });

  it('is inconclusive when the planned sample is there and shows nothing', () => {
    const plan = { sequential: 'pocock', plannedUnits: 4_000 } as const;
    expect(resultsOf(plan, [primary], rates(2_000, 400, 405)).verdict).toMatchObject({
      decision: 'inconclusive',
      action: 'inconclusive',
    });
  });

  it('rolls back what is worse, and what harms a guardrail', () => {
    expect(resultsOf({}, [primary], rates(2_000, 460, 400)).verdict).toMatchObject({
      decision: 'control-better',
      action: 'rollback',
      winner: 'control',
    });
    const guard = { name: 'g', role: 'guardrail' as const };
    const units: UnitsOf[] = [
      { variant: 0, players: 400, cells: [1, 1] },
      { variant: 0, players: 1_600, cells: [0, 1] },
      { variant: 1, players: 480, cells: [1, 0] },
      { variant: 1, players: 1_520, cells: [0, 1] },
    ];
    const harmed = resultsOf({}, [primary, guard], units);
    expect(harmed.verdict).toMatchObject({ decision: 'treatment-better', action: 'rollback' });
    expect(harmed.verdict.reasons.join(' ')).toContain('Guardrail harmed: treatment is worse than control on g: −24');
    expect(harmed.metrics[1]!.comparisons[0]!.guard).toMatchObject({ harmed: true, margin: null, nonInferior: null });
  });

  it('ships only when margins are shown to be kept', () => {
    const guard = { name: 'g', role: 'guardrail' as const, nonInferiorityMargin: 0.02 };
    const units = (kept: number): UnitsOf[] => [
      { variant: 0, players: 400, cells: [1, 1] },
      { variant: 0, players: 1_600, cells: [0, 0] },
      { variant: 1, players: 480, cells: [1, 1] },
      { variant: 1, players: kept, cells: [0, 1] },
      { variant: 1, players: 1_520 - kept, cells: [0, 0] },
    ];
    const unknown = resultsOf({}, [primary, guard], units(0));
    expect(unknown.verdict).toMatchObject({ decision: 'treatment-better', action: 'ship' });
    const same = resultsOf(
      {},
      [{ ...primary, name: 'm' }, guard],
      [
        { variant: 0, players: 400, cells: [1, 1] },
        { variant: 0, players: 1_600, cells: [0, 0] },
        { variant: 1, players: 400, cells: [1, 1] },
        { variant: 1, players: 80, cells: [1, 0] },
        { variant: 1, players: 1_520, cells: [0, 0] },
      ],
    );
    expect(same.verdict).toMatchObject({ decision: 'treatment-better', action: 'keep-running' });
    expect(same.verdict.reasons.join(' ')).toContain('not shown to keep the margin of 2 %');
  });

  it('waits for the minimum sample and the minimum days of the plan', () => {
    const units = rates(2_000, 400, 460, 8 * DAY);
    const few = resultsOf({ minimumUnits: 3_000 }, [primary], units).verdict;
    expect(few).toMatchObject({
      decision: 'treatment-better',
      action: 'keep-running',
      needs: { units: 2_000, days: 1 },
    });
    expect(few.reasons.join(' ')).toContain('2,000 of at least 3,000 units');
    const early = resultsOf({ minimumDays: 7 }, [primary], units).verdict;
    expect(early).toMatchObject({ action: 'keep-running', needs: { days: 5 } });
    expect(early.reasons.join(' ')).toContain('2 of at least 7 days');
  });

  it('says how many more units and days the expected effect needs', () => {
    const results = resultsOf({}, [{ ...primary, expectedEffect: 0.05 }], rates(2_000, 400, 405, 9 * DAY));
    const power = one(results).power!;
    expect(power.powerNow!).toBeLessThan(0.5);
    expect(power.additionalDays!).toBeCloseTo(power.additionalUnits! / 4_000, 9);
    expect(results.verdict.needs!.units).toBe(Math.ceil(power.additionalUnits!));
    expect(results.verdict.reasons.join(' ')).toMatch(/power for a relative effect of 5 % is [\d.]+ % now/);
  });

  it('is invalid when too many units were seen in several variants', () => {
    const several = { variant: 0, players: 60, cells: [0], conflicted: true };
    const { verdict } = resultsOf({}, [primary], [...rates(2_000, 400, 460), several]);
    expect(verdict).toMatchObject({ decision: 'invalid', action: 'invalid' });
    expect(verdict.reasons[0]).toContain('60 units (1.5 %)');
  });
});
