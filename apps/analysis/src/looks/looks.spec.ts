import { AnalysisPlan, type Comparison, type ExperimentResults } from '@assay/contracts';
import { groupSequentialBounds } from '@assay/stats';
import { unchangedSplit } from '../data/split.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { experimentResults, metricResults } from '../results/experiment-results.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf } from '../testing/data-of.js';
import { dueLooks } from './due-looks.js';
import { nextLook, plannedLookAt } from './look-schedule.js';
import type { LookTaken } from './look-taken.js';

type PlanFields = Partial<AnalysisPlan>;

/** Conversions of so many units an arm in control and treatment. */
type Counts = readonly [units: number, control: number, treatment: number];

/** An experiment that is asked for results at each of these moments, one after the other. */
class Asked {
  looks: readonly LookTaken[] = [];
  private moment = 0;

  constructor(private readonly fields: PlanFields) {}

  at([units, control, treatment]: Counts, change: PlanFields = {}): ExperimentResults {
    const analysis = AnalysisPlan.parse({ ...this.fields, ...change });
    const definition = aDefinition({ metrics: [{ name: 'm', isPrimary: true }], analysis });
    const plan = experimentPlan(definition);
    const data = dataOf(plan, [
      { variant: 0, players: control, cells: [1] },
      { variant: 0, players: units - control, cells: [0] },
      { variant: 1, players: treatment, cells: [1] },
      { variant: 1, players: units - treatment, cells: [0] },
    ]);
    this.moment += 1;
    const computedAt = new Date(this.moment * 86_400_000);
    const given = { plan, data, strata: null, computedAt, ratedAt: computedAt };
    const due = dueLooks(definition, metricResults({ ...given, looks: this.looks }), this.looks, computedAt);
    this.looks = [...this.looks, ...due];
    return experimentResults({
      ...given,
      looks: this.looks,
      split: unchangedSplit(definition),
      dimension: null,
      metric: undefined,
    });
  }
}

const one = (results: ExperimentResults): Comparison => results.metrics[0]!.comparisons[0]!;
const POCOCK = { sequential: 'pocock', plannedUnits: 2_000, looks: 4 } as const;

describe('a group-sequential plan', () => {
  it('decides at its looks, however often it is asked in between', () => {
    const asked = new Asked(POCOCK);
    expect(one(asked.at([100, 20, 20])).sequential).toMatchObject({
      look: null,
      criticalValue: null,
      recordedLooks: [],
    });
    expect(one(asked.at([250, 50, 55])).sequential).toMatchObject({ look: 1, significant: false });
    // Far over every boundary, but between two looks: a number, not a decision.
    const between = asked.at([400, 80, 140]);
    expect(Math.abs(one(between).statistic!)).toBeGreaterThan(4);
    expect(one(between)).toMatchObject({ decisive: false, sequential: { look: 1, units: 800, significant: false } });
    expect(between.verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running' });
    expect(between.verdict.reasons[0]).toContain('Look 2 of 4 is due at 1,000 units; there are 800.');
    expect(one(asked.at([501, 100, 108])).sequential).toMatchObject({ look: 2, significant: false });
    expect(asked.looks.map(({ look, plannedLook, units }) => [look, plannedLook, units])).toEqual([
      [1, 1, 500],
      [2, 2, 1_002],
    ]);
  });

  it('holds each look against what the looks before it have left, at the information that there was', () => {
    const asked = new Asked(POCOCK);
    for (const units of [130, 260, 520, 900, 1_000]) asked.at([units, units / 10, units / 10]);
    const expected = groupSequentialBounds({
      informationFractions: [0.26, 0.52, 0.9, 1],
      alphaOneSided: 0.025,
      boundary: { kind: 'pocock' },
    });
    if (!expected.ok) throw new Error(expected.refusal.message);
    expect(asked.looks.map(({ units }) => units)).toEqual([520, 1_040, 1_800, 2_000]);
    asked.looks.forEach(({ criticalValue, alphaSpent }, index) => {
      expect(criticalValue).toBeCloseTo(expected.value.criticalValues[index]!, 7);
      expect(alphaSpent).toBeCloseTo(expected.value.cumulativeAlphaSpent[index]!, 9);
    });
    expect(asked.looks.at(-1)!.alphaSpent).toBeCloseTo(0.025, 9);
  });

  it('keeps what a look decided, whatever comes later', () => {
    const asked = new Asked(POCOCK);
    const crossed = asked.at([300, 60, 110]);
    expect(crossed.verdict).toMatchObject({ decision: 'treatment-better', action: 'ship' });
    expect(crossed.verdict.reasons[0]).toMatch(/z = \+4\.\d+ against the boundary 2\.\d+ at 30 % of the plan/);
    const { ci } = one(crossed).sequential!;
    expect(ci![0]!).toBeGreaterThan(0);
    // Late events turn the numbers round: the look stands, and there is none after it.
    const later = asked.at([1_000, 200, 190]);
    expect(one(later).absolute!.estimate!).toBeLessThan(0);
    expect(one(later).sequential).toMatchObject({ significant: true, look: 1, nextLook: null, ci });
    expect(later.verdict).toMatchObject({ decision: 'treatment-better', winner: 'treatment' });
    expect(asked.looks).toHaveLength(1);
  });

  it('ends with its last look', () => {
    const asked = new Asked(POCOCK);
    asked.at([500, 100, 100]);
    const over = asked.at([1_100, 220, 230]);
    expect(over.verdict).toMatchObject({ decision: 'inconclusive', action: 'inconclusive' });
    expect(one(over).sequential).toMatchObject({ look: 4, nextLook: null, informationFraction: 1 });
    expect(asked.looks.at(-1)!.alphaSpent).toBeCloseTo(0.025, 7);
    const after = asked.at([1_500, 300, 420]);
    expect(one(after)).toMatchObject({ decisive: false, sequential: { look: 4 } });
    expect(asked.looks).toHaveLength(2);
  });

  it('lets looks stand when the plan is amended, and spends no more than is left', () => {
    const asked = new Asked(POCOCK);
    asked.at([500, 100, 100]);
    const stricter = one(asked.at([760, 152, 152], { alpha: 0.005 })).sequential!;
    expect(stricter.recordedLooks).toHaveLength(2);
    expect(stricter).toMatchObject({ criticalValue: null, significant: false });
    const longer = one(asked.at([1_000, 200, 200], { plannedUnits: 8_000 })).sequential!;
    expect(longer).toMatchObject({ informationFraction: 0.25, look: 1, nextLook: { look: 2, units: 4_000 } });
    expect(longer.recordedLooks).toHaveLength(3);
  });

  it('does not look at a part of the data', () => {
    const definition = aDefinition({ metrics: [{ name: 'm' }], analysis: AnalysisPlan.parse(POCOCK) });
    const plan = experimentPlan(definition);
    const data = dataOf(plan, [
      { variant: 0, players: 500, cells: [0] },
      { variant: 1, players: 500, cells: [1] },
    ]);
    const [metric] = metricResults({ plan, data, strata: null, looks: null });
    expect(metric!.comparisons[0]).toMatchObject({ sequential: null, sequentialRefusal: { code: 'WHOLE_DATA_ONLY' } });
    expect(dueLooks(definition, [metric!], [], new Date(0))).toEqual([]);
  });
});

describe('the schedule of looks', () => {
  it('is reached by whole units, whatever a division rounds to', () => {
    for (const looks of [3, 7, 10, 49]) {
      for (const planned of [1_000, 999, 12_345]) {
        for (let look = 1; look <= looks; look += 1) {
          const units = Math.ceil((look * planned) / looks - 1e-9);
          expect(plannedLookAt(units, planned, looks)).toBe(look);
          if (units > 1) expect(plannedLookAt(units - 1, planned, looks)).toBe(look - 1);
        }
      }
    }
    expect(nextLook([], 999, 3)).toEqual({ look: 1, units: 333, informationFraction: 1 / 3 });
  });
});
