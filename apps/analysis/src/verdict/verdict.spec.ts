import type { ExperimentResults } from '@assay/contracts';
import { armsOf, ratesOf, resultsOf, type PlanFields, type Planned } from '../testing/results-of.js';

type Verdict = ExperimentResults['verdict'];
type Counts = Parameters<typeof ratesOf>[1];

const goal = { name: 'm', isPrimary: true };
const guard = { name: 'g', role: 'guardrail' as const };
const N = 10_000;

const three = (analysis: PlanFields, ...arms: readonly Counts[]): Verdict =>
  resultsOf({ analysis, metrics: [goal, guard], rest: { variants: armsOf(40, 30, 30) } }, split(arms)).verdict;

/** Control is larger, as its share of the traffic is. */
const split = ([control = 0, ...treatments]: readonly Counts[]) => [
  ...ratesOf((N * 4) / 3, control),
  ...ratesOf(N, 0, ...treatments).filter(({ variant }) => variant > 0),
];
const told = ({ reasons }: Verdict): string => reasons.join('\n');

describe('the verdict about several treatments', () => {
  const control = [2_667, 5_333] as const;
  const calm = 4_000;

  it('says of each what it shows', () => {
    const verdict = three({}, control, [1_600, calm], [2_040, calm]);
    expect(verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', winner: null });
    expect(verdict.reasons[0]).toMatch(/^b is worse than control on m: −4 percentage points .*, p = [\d.]+e-\d+\.$/);
    expect(verdict.reasons[1]).toMatch(/^No difference between c and control on m is shown: .* is not below 0\.05\.$/);
    expect(told(verdict)).toContain('Drop b: set its trafficAllocation to 0 by an amendment');
    expect(told(verdict)).not.toContain('Drop c');
  });

  it('ships the best that harms nothing, and says why a better one is passed over', () => {
    const verdict = three({}, control, [2_500, 3_000], [2_300, calm]);
    expect(verdict).toMatchObject({ decision: 'treatment-better', action: 'ship', winner: 'c' });
    expect(verdict.reasons[0]).toMatch(/^c is better than control on m/);
    expect(verdict.reasons[1]).toMatch(
      /^b is better than control on m: .*\. b is passed over, since it harms a guardrail\.$/,
    );
    expect(told(verdict)).toContain('Guardrail harmed: b is worse than control on g');
  });

  it('does not roll back the others with the one that does harm', () => {
    for (const harmful of [
      [2_500, 3_000],
      [2_000, 3_000],
    ] as const) {
      const verdict = three({}, control, harmful, [2_040, calm]);
      expect(verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', winner: null });
      expect(told(verdict)).toContain('Drop b: ');
    }
  });

  it('rolls back when each of them is worse or does harm', () => {
    expect(three({}, control, [1_600, calm], [1_700, calm])).toMatchObject({
      decision: 'control-better',
      action: 'rollback',
      winner: 'control',
    });
    expect(three({}, control, [1_600, calm], [2_010, 3_000])).toMatchObject({
      decision: 'no-difference-yet',
      action: 'rollback',
      winner: null,
    });
    expect(three({}, control, [2_500, 3_000], [1_700, calm])).toMatchObject({ action: 'rollback', winner: 'b' });
  });

  it('neither waits for nor judges one that was given up', () => {
    const variants = armsOf(50, 50, 0);
    const units = [...ratesOf(N, 2_000, 2_010), { variant: 2, players: 50, cells: [0, 0] }];
    const dropped = (analysis: PlanFields): Verdict =>
      resultsOf({ analysis, metrics: [goal], rest: { variants } }, units).verdict;
    const verdict = dropped({ minimumUnits: 500 });
    expect(verdict).toMatchObject({ action: 'keep-running', needs: { units: 0 } });
    expect(told(verdict)).not.toMatch(/\bc\b/);
    expect(dropped({ plannedUnits: 2 * N })).toMatchObject({ action: 'inconclusive' });
    const whole = resultsOf({ metrics: [goal], rest: { variants: armsOf(100, 0) } }, ratesOf(N, 2_000, 1_700));
    expect(whole.verdict).toMatchObject({ decision: 'control-better', action: 'rollback' });
  });
});

describe('the verdict before the planned sample', () => {
  const clear = ratesOf(1_000, 200, 260);
  const open = ratesOf(1_000, 200, 205);
  const verdictOf = (fields: Planned, units = clear): Verdict => resultsOf(fields, units).verdict;

  it.each<[string, Planned, RegExp]>([
    [
      'plannedUnits',
      { analysis: { plannedUnits: 100_000 }, metrics: [goal] },
      /The two arms compared have 2,000 of the 100,000 units planned\. A look before the planned end does not count\./,
    ],
    [
      'the sample of the metric',
      { metrics: [{ ...goal, minimumSampleSize: 3_000 }] },
      /The planned sample is 3,000 units in every variant\. A look before .*\nThe smallest variant has 1,000 of at least 3,000 units\./,
    ],
    [
      'the power for its effect',
      { metrics: [{ ...goal, expectedEffect: 0.05 }] },
      /The sample for the planned effect of 5 % is not complete: [\d,]+ units are missing\. A look before/,
    ],
    [
      'plannedUnits, of a chance with a flat prior',
      { analysis: { plannedUnits: 100_000, engine: 'bayesian' }, metrics: [goal] },
      /A look before the planned end does not count/,
    ],
  ])('waits, where the plan looks once: %s', (_, fields, reason) => {
    const verdict = verdictOf(fields);
    expect(verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', winner: null });
    expect(verdict.needs!.units!).toBeGreaterThan(0);
    expect(told(verdict)).toMatch(reason);
    expect(verdict.reasons[0]).toMatch(/^treatment is so far better than control on m: \+6 percentage points/);
  });

  it('decides when it is there, when the experiment has ended, and where none is planned', () => {
    const ships = { decision: 'treatment-better', action: 'ship', winner: 'treatment' };
    expect(verdictOf({ analysis: { plannedUnits: 2_000 }, metrics: [goal] })).toMatchObject(ships);
    // The sample that a metric asks for comes before its effect.
    expect(verdictOf({ metrics: [{ ...goal, minimumSampleSize: 1_000, expectedEffect: 0.001 }] })).toMatchObject(ships);
    expect(verdictOf({ metrics: [goal] })).toMatchObject(ships);
    for (const status of ['COMPLETED', 'ARCHIVED'] as const) {
      const fields = { analysis: { plannedUnits: 100_000 }, metrics: [goal], rest: { status } };
      const ended = verdictOf(fields);
      expect(ended).toMatchObject(ships);
      expect(told(ended)).toContain('2,000 of the 100,000 units planned. It ended without them.');
      expect(verdictOf(fields, open)).toMatchObject({ decision: 'inconclusive', action: 'inconclusive' });
    }
  });

  it('is inconclusive by the planned sample, and not by a minimum', () => {
    const sequential = { sequential: 'asymptotic-cs', plannedUnits: 100_000, minimumUnits: 100 } as const;
    const verdict = verdictOf({ analysis: sequential, metrics: [goal] }, open);
    expect(verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', needs: { units: 98_000 } });
    expect(told(verdict)).toContain('2,000 of the 100,000 units planned.');
    expect(verdictOf({ analysis: { ...sequential, plannedUnits: 2_000 }, metrics: [goal] }, open)).toMatchObject({
      decision: 'inconclusive',
    });
    expect(verdictOf({ analysis: { minimumUnits: 100 }, metrics: [goal] }, open)).toMatchObject({
      decision: 'no-difference-yet',
    });
    expect(verdictOf({ analysis: { plannedUnits: 2_000 }, metrics: [goal] }, open)).toMatchObject({
      decision: 'inconclusive',
    });
  });

  it('ships at a sequential boundary all the same', () => {
    const analysis = { sequential: 'asymptotic-cs', plannedUnits: 100_000 } as const;
    expect(verdictOf({ analysis, metrics: [goal] }, ratesOf(4_000, 800, 1_200))).toMatchObject({ action: 'ship' });
  });

  it('says what an experiment that has ended was short of', () => {
    const fields = { analysis: { minimumUnits: 3_000 }, metrics: [goal], rest: { status: 'COMPLETED' as const } };
    expect(verdictOf(fields)).toMatchObject({ decision: 'treatment-better', action: 'inconclusive' });
    expect(told(verdictOf(fields))).toContain('1,000 of at least 3,000 units');
  });
});

describe('the sample that a metric asks for', () => {
  it('is one of each variant, also where it is the information of a group-sequential plan', () => {
    const fields = {
      analysis: { sequential: 'pocock' as const, looks: 2 },
      metrics: [{ ...goal, minimumSampleSize: 1_000 }],
    };
    const { metrics, verdict } = resultsOf(fields, ratesOf(500, 100, 105));
    expect(metrics[0]!.comparisons[0]!.sequential).toMatchObject({
      plannedUnits: 2_000,
      informationFraction: 0.5,
      look: 1,
      nextLook: { look: 2, units: 2_000 },
    });
    expect(verdict).toMatchObject({ action: 'keep-running', needs: { units: 1_000 } });
  });
});
