import type { ExperimentResults, GuardResult } from '@assay/contracts';
import { asymptoticConfidenceSequence, guardrailHarm, nonInferiority, type ArmEstimate } from '@assay/stats';
import type { LookTaken } from '../looks/look-taken.js';
import { armsOf, ratesOf, resultsOf, type PlanFields } from '../testing/results-of.js';

const N = 10_000;
const goal = { name: 'm', isPrimary: true };
const arm = (n: number, successes: number): ArmEstimate => {
  const mean = successes / n;
  return { n, mean, variance: mean * (1 - mean) };
};

/** The goal is clearly better; of the guardrail so many of control and treatment convert. */
function judged(analysis: PlanFields, guard: object, [control, treatment]: readonly [number, number], n = N) {
  const metrics = [goal, { name: 'g', role: 'guardrail' as const, ...guard }];
  const better = Math.round(n * 0.3);
  return resultsOf({ analysis, metrics }, ratesOf(n, [Math.round(n * 0.2), control], [better, treatment]));
}
const guardOf = ({ metrics }: ExperimentResults): GuardResult => metrics[1]!.comparisons[0]!.guard!;
const reasonsOf = ({ verdict }: ExperimentResults): string => verdict.reasons.join('\n');

describe('a guardrail under a plan that may be looked at all the time', () => {
  const plan = { sequential: 'asymptotic-cs', plannedUnits: 2 * N } as const;
  /** One-sided p of harm at a fixed horizon: 0.038. */
  const slight = [5_000, 4_875] as const;

  it.each(['two-sided', 'one-sided'] as const)('is harmed by what holds at all looks together (%s)', (alternative) => {
    const fixed = guardrailHarm(arm(N, 5_000), arm(N, 4_875), 'increase', 0.05);
    if (!fixed.ok) throw new Error(fixed.refusal.message);
    expect(fixed.value.pValue).toBeLessThan(0.05);
    expect(judged({ alternative }, {}, slight).verdict.action).toBe('rollback');
    const results = judged({ ...plan, alternative }, {}, slight);
    const { difference: estimate, standardError } = fixed.value;
    const sequence = asymptoticConfidenceSequence(
      { estimate, standardError, n: 2 * N },
      { alpha: 0.05, tuningParameter: 2 * N, alternative: 'less' },
    );
    if (!sequence.ok) throw new Error(sequence.refusal.message);
    expect(guardOf(results)).toMatchObject({ harmed: false, method: 'asymptotic-cs', refusal: null });
    expect(guardOf(results).harmPValue!).toBeCloseTo(sequence.value.pValue, 12);
    expect(results.verdict.action).toBe('ship');
    const harmed = judged({ ...plan, alternative }, {}, [5_000, 4_700]);
    expect(harmed.verdict.action).toBe('rollback');
    expect(reasonsOf(harmed)).toMatch(/Guardrail harmed: treatment is worse .*always-valid p of harm = [\d.e-]+\./);
  });

  it('keeps a margin by what holds at all looks together', () => {
    const margin = { nonInferiorityMargin: 0.02 };
    const fixed = nonInferiority(arm(N, 5_000), arm(N, 5_040), {
      margin: 0.02,
      preferredDirection: 'increase',
      alpha: 0.05,
    });
    if (!fixed.ok) throw new Error(fixed.refusal.message);
    expect(guardOf(judged({}, margin, [5_000, 5_040]))).toMatchObject({ nonInferior: true, method: 'none' });
    const results = judged(plan, margin, [5_000, 5_040]);
    const { difference, nullValue, standardError } = fixed.value;
    const sequence = asymptoticConfidenceSequence(
      { estimate: difference - nullValue, standardError, n: 2 * N },
      { alpha: 0.05, tuningParameter: 2 * N, alternative: 'greater' },
    );
    if (!sequence.ok) throw new Error(sequence.refusal.message);
    expect(guardOf(results)).toMatchObject({ nonInferior: false });
    expect(guardOf(results).nonInferiorityPValue!).toBeCloseTo(sequence.value.pValue, 12);
    expect(results.verdict.action).toBe('keep-running');
    expect(reasonsOf(results)).toContain('always-valid p of non-inferiority');
    // In the direction that the metric prefers.
    const lower = judged(plan, { ...margin, lowerIsBetter: true }, [5_000, 4_600]);
    expect(guardOf(lower)).toMatchObject({ nonInferior: true, harmed: false });
  });
});

describe('a guardrail under a plan that decides at its looks', () => {
  const plan = { sequential: 'obrien-fleming', plannedUnits: 4 * N, looks: 2, alternative: 'one-sided' } as const;

  it('is harmed, and its margin kept, by the looks that were taken', () => {
    const first = judged(plan, { nonInferiorityMargin: 0.2 }, [5_000, 5_010]);
    expect(guardOf(first)).toMatchObject({
      nonInferior: true,
      harmed: false,
      method: 'obrien-fleming',
      harmPValue: null,
    });
    const harmed = judged(plan, {}, [5_000, 4_600]);
    expect(guardOf(harmed)).toMatchObject({ harmed: true, margin: null });
    expect(harmed.verdict.action).toBe('rollback');
    expect(reasonsOf(harmed)).toMatch(
      /Guardrail harmed: .*z = −5\.\d+ against the boundary 2\.\d+ of look 1 \(obrien-fleming\)/,
    );
    const open = judged(plan, { nonInferiorityMargin: 0.001 }, [5_000, 4_990]);
    expect(guardOf(open)).toMatchObject({ nonInferior: false, harmed: false, refusal: null });
    expect(reasonsOf(open)).toContain('the interval of no look so far keeps it (obrien-fleming)');
  });

  it('is not known before the first of them', () => {
    const early = judged(plan, { nonInferiorityMargin: 0.2 }, [2_000, 1_000], N / 2);
    expect(guardOf(early)).toMatchObject({ nonInferior: null, harmed: null, refusal: { code: 'NO_LOOK' } });
  });

  it('lets stand what a look has shown', () => {
    const look: LookTaken = {
      metric: 'g',
      variantId: armsOf(50, 50)[1]!.id,
      look: 1,
      plannedLook: 1,
      takenAt: new Date(0),
      units: 2 * N,
      informationFraction: 0.5,
      alpha: 0.05,
      estimate: -0.03,
      standardError: 0.007,
      relativeEstimate: -0.06,
      relativeStandardError: 0.014,
      statistic: -4.3,
      criticalValue: 2.54,
      alphaSpent: 0.0056,
      crossed: false,
    };
    const metrics = [goal, { name: 'g', role: 'guardrail' as const }];
    const given = { analysis: plan, metrics, rest: { variants: armsOf(50, 50) } };
    const results = resultsOf(given, ratesOf(N, [2_000, 5_000], [3_000, 5_000]), [look]);
    expect(guardOf(results)).toMatchObject({ harmed: true });
  });
});

describe('a margin that nothing can be computed for', () => {
  const margin = { nonInferiorityMargin: 0.05 };

  it('is not shown to be kept, and the reason is told', () => {
    for (const analysis of [{}, { sequential: 'asymptotic-cs', plannedUnits: 2 * N }] as const) {
      const never = judged(analysis, margin, [0, 0]);
      expect(guardOf(never)).toMatchObject({ nonInferior: null, margin: 0.05, refusal: { code: 'ZERO_VARIANCE' } });
      expect(never.verdict).toMatchObject({ decision: 'treatment-better', action: 'keep-running' });
      expect(reasonsOf(never)).toMatch(
        /treatment is not shown to keep the margin of 5 % below control on g: .*(0|vary|varies)/,
      );
    }
    const nobody = judged({}, { ...margin, aggregationMethod: 'average' }, [0, 0]);
    expect(nobody.verdict.action).toBe('keep-running');
    expect(reasonsOf(nobody)).toContain('is not shown to keep the margin of 5 %');
  });

  it('stops nothing where none is asked for', () => {
    const results = judged({}, {}, [0, 0]);
    expect(guardOf(results)).toMatchObject({ margin: null, harmed: null, refusal: { code: 'ZERO_VARIANCE' } });
    expect(results.verdict.action).toBe('ship');
  });
});
