import fc from 'fast-check';
import type { ArmEstimate } from '../effect/arm-estimate.js';
import { guardrailHarm } from './guardrail-harm.js';
import { nonInferiority, type NonInferiorityPlan } from './non-inferiority.js';

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

const arm: fc.Arbitrary<ArmEstimate> = fc.record({
  n: fc.integer({ min: 2, max: 100_000 }),
  mean: fc.double({ min: 0.1, max: 20, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 50, noNaN: true }),
});
const plan: fc.Arbitrary<NonInferiorityPlan> = fc.record({
  margin: fc.double({ min: 0, max: 0.5, noNaN: true }),
  preferredDirection: fc.constantFrom('increase', 'decrease'),
  alpha: fc.constantFrom(0.01, 0.05, 0.2),
});

describe('nonInferiority', () => {
  it('decides alike by its p-value and by its interval', () => {
    fc.assert(
      fc.property(arm, arm, plan, (control, treatment, asked) => {
        const result = valueOf(nonInferiority(control, treatment, asked));
        if (Math.abs(result.pValue / asked.alpha - 1) < 1e-9) return;
        expect(result.nonInferior).toBe(result.pValue < asked.alpha);
        expect(result.nonInferior).toBe(result.nullValue < result.ci[0] || result.nullValue > result.ci[1]);
      }),
    );
  });

  it('is a mirror: a metric turned around with its direction gives the same answer', () => {
    fc.assert(
      fc.property(arm, arm, plan, (control, treatment, asked) => {
        const turn = (one: ArmEstimate): ArmEstimate => ({ ...one, mean: -one.mean });
        const preferredDirection = asked.preferredDirection === 'increase' ? 'decrease' : 'increase';
        const there = valueOf(nonInferiority(control, treatment, asked));
        const back = valueOf(nonInferiority(turn(control), turn(treatment), { ...asked, preferredDirection }));
        expect(back.pValue).toBeCloseTo(there.pValue, 12);
        expect(back.nullValue).toBeCloseTo(-there.nullValue, 12);
        expect(back.nonInferior).toBe(there.nonInferior);
      }),
    );
  });

  it('tolerates a loss of a share of a negative baseline’s size', () => {
    const arms = [
      { n: 100, mean: -2, variance: 4 },
      { n: 100, mean: -2.1, variance: 4 },
    ] as const;
    const { nullValue, statistic } = valueOf(
      nonInferiority(...arms, { margin: 0.1, preferredDirection: 'increase', alpha: 0.05 }),
    );
    expect(nullValue).toBe(-0.2);
    expect(statistic).toBeCloseTo(0.1 / Math.sqrt(0.08), 12);
  });

  it('forgives more with a wider margin', () => {
    const control = { n: 1000, mean: 1, variance: 1 };
    const treatment = { n: 1000, mean: 0.95, variance: 1 };
    const p = [0, 0.05, 0.1, 0.2].map(
      (margin) =>
        valueOf(nonInferiority(control, treatment, { margin, preferredDirection: 'increase', alpha: 0.05 })).pValue,
    );
    expect([...p].sort((a, b) => b - a)).toEqual(p);
  });

  it('refuses a negative margin, a margin of nothing and arms that say nothing', () => {
    const one = { n: 10, mean: 1, variance: 1 };
    const code = (control: ArmEstimate, margin = 0.1, alpha = 0.05) => {
      const outcome = nonInferiority(control, control, { margin, preferredDirection: 'increase', alpha });
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code(one)).toBeNull();
    expect(code(one, -0.1)).toBe('PLAN_INVALID');
    expect(code(one, 0.1, 0)).toBe('ALPHA_OUT_OF_RANGE');
    expect(code({ ...one, mean: 0 })).toBe('ZERO_BASELINE');
    expect(code({ ...one, mean: 0 }, 0)).toBeNull();
    expect(code({ ...one, variance: 0 })).toBe('ZERO_VARIANCE');
    expect(code({ ...one, n: 0 })).toBe('NO_UNITS');
    expect(code({ ...one, n: 1 })).toBe('TOO_FEW_UNITS');
  });
});

describe('guardrailHarm', () => {
  it('cries harm when a metric clearly moves the wrong way, and only then', () => {
    const control = { n: 10_000, mean: 10, variance: 4 };
    const worse = { ...control, mean: 9.9 };
    const result = valueOf(guardrailHarm(control, worse, 'increase', 0.05));
    expect(result.harmed).toBe(true);
    expect(result.ci[0]).toBe(-Infinity);
    expect(valueOf(guardrailHarm(control, worse, 'decrease', 0.05)).harmed).toBe(false);
    expect(valueOf(guardrailHarm(control, control, 'increase', 0.05))).toMatchObject({ harmed: false, pValue: 0.5 });
  });
});
