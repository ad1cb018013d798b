import fc from 'fast-check';
import { asymptoticConfidenceSequence } from './asymptotic-confidence-sequence.js';
import { asymptoticRho } from './asymptotic-rho.js';
import { asymptoticStream } from './asymptotic-stream.js';
import { bisectedOneSidedP } from './bisected-one-sided-p.js';
import { msprtStream } from './msprt-stream.js';
import { msprtTau2 } from './msprt-tau2.js';
import { msprt } from './msprt.js';
import { NO_LOOKS, advanceRunningView } from './running-view.js';

const look = fc.record({
  estimate: fc.double({ min: -5, max: 5, noNaN: true }),
  standardError: fc.double({ min: 1e-3, max: 3, noNaN: true }),
  n: fc.integer({ min: 10, max: 10_000_000 }),
});
const plan = fc.record({
  alpha: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
  tuningParameter: fc.integer({ min: 50, max: 1_000_000 }),
});

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

/** Park-Miller generator and a sum of twelve uniforms: the same near-normal walk on every machine. */
function normalSource(seed: number): () => number {
  let state = seed;
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      state = (state * 48_271) % 2_147_483_647;
      sum += state / 2_147_483_647;
    }
    return sum;
  };
}

describe('asymptoticConfidenceSequence', () => {
  it('has p < alpha just when the interval excludes 0, on either side and on both', () => {
    const alternatives = fc.constantFrom('two-sided', 'greater', 'less' as const);
    fc.assert(
      fc.property(look, plan, alternatives, (moment, base, alternative) => {
        const { ci, pValue } = valueOf(asymptoticConfidenceSequence(moment, { ...base, alternative }));
        if (Math.abs(pValue / base.alpha - 1) < 1e-9) return;
        expect(pValue < base.alpha).toBe(ci[0] > 0 || ci[1] < 0);
      }),
      { numRuns: 400 },
    );
  });

  it('mirrors when the arms are swapped', () => {
    fc.assert(
      fc.property(look, plan, (moment, base) => {
        const there = valueOf(asymptoticConfidenceSequence(moment, base));
        const back = valueOf(asymptoticConfidenceSequence({ ...moment, estimate: -moment.estimate }, base));
        expect(back.pValue).toBe(there.pValue);
        expect(back.ci).toEqual([-there.ci[1], -there.ci[0]]);
        const greater = valueOf(asymptoticConfidenceSequence(moment, { ...base, alternative: 'greater' }));
        const less = asymptoticConfidenceSequence(
          { ...moment, estimate: -moment.estimate },
          { ...base, alternative: 'less' },
        );
        expect(valueOf(less).pValue).toBe(greater.pValue);
        expect(valueOf(less).ci[1]).toBe(-greater.ci[0]);
      }),
    );
  });

  it('prints p-values of 1e-290 as they are', () => {
    const { pValue } = valueOf(
      asymptoticConfidenceSequence(
        { estimate: 36.7, standardError: 1, n: 1e6 },
        { alpha: 0.05, tuningParameter: 5000 },
      ),
    );
    expect(pValue).toBeGreaterThan(1e-300);
    expect(pValue).toBeLessThan(1e-280);
  });

  it('agrees one-sided with the bisection of gbstats to its tolerance', () => {
    fc.assert(
      fc.property(look, fc.integer({ min: 100, max: 100_000 }), (moment, tuningParameter) => {
        const oneSided = { alpha: 0.05, tuningParameter, alternative: 'greater' as const };
        const exact = valueOf(asymptoticConfidenceSequence(moment, oneSided)).pValue;
        const found = bisectedOneSidedP(moment, oneSided);
        if (!found.ok) expect(found.refusal.code).toBe('NOT_CONVERGED');
        else if (exact <= 1e-5) expect(found.value).toBe(1e-5);
        else if (exact >= 0.4999) expect(found.value).toBe(0.4999);
        else expect(Math.abs(found.value - exact)).toBeLessThan(0.01);
      }),
    );
  });

  it('refuses without units, variation, a sound plan or a one-sided alpha below one half', () => {
    const base = { alpha: 0.05, tuningParameter: 5000 };
    const moment = { estimate: 1, standardError: 1, n: 100 };
    const code = (m: object, p: object) => {
      const outcome = asymptoticConfidenceSequence({ ...moment, ...m }, { ...base, ...p });
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code({ n: 0 }, {})).toBe('NO_UNITS');
    expect(code({ standardError: 0 }, {})).toBe('ZERO_VARIANCE');
    expect(code({ estimate: NaN }, {})).toBe('INVALID_INPUT');
    expect(code({}, { tuningParameter: 0 })).toBe('PLAN_INVALID');
    expect(code({}, { alpha: 0.5, alternative: 'less' })).toBe('ALPHA_OUT_OF_RANGE');
    expect(code({}, { alpha: 0.5 })).toBeNull();
  });

  it('never lets a running p-value increase nor a running interval widen', () => {
    fc.assert(
      fc.property(fc.array(look, { minLength: 2, maxLength: 12 }), plan, (moments, base) => {
        const stream = valueOf(asymptoticStream(moments, base));
        stream.slice(1).forEach(({ running }, index) => {
          const before = stream[index]?.running ?? NO_LOOKS;
          expect(running.pValue).toBeLessThanOrEqual(before.pValue);
          expect(running.ci[0]).toBeGreaterThanOrEqual(before.ci[0]);
          expect(running.ci[1]).toBeLessThanOrEqual(before.ci[1]);
          expect(running.ci[0]).toBeLessThanOrEqual(running.ci[1]);
        });
      }),
    );
  });
});

describe('advanceRunningView', () => {
  it('keeps the last interval that was not empty and says that two looks contradict each other', () => {
    const first = advanceRunningView(NO_LOOKS, 0.01, [1, 2]);
    const second = advanceRunningView(first, 0.5, [3, 4]);
    expect(second).toEqual({ pValue: 0.01, ci: [1, 2], contradictory: true });
    expect(advanceRunningView(second, 0.001, [1.4, 1.6])).toEqual({ pValue: 0.001, ci: [1, 2], contradictory: true });
  });
});

describe('msprt', () => {
  it('is the asymptotic confidence sequence with tau2 = rho² V n', () => {
    fc.assert(
      fc.property(look, plan, (moment, base) => {
        const variance = moment.standardError ** 2;
        const tau2 = asymptoticRho(base.alpha, base.tuningParameter) ** 2 * variance * moment.n;
        const mixture = valueOf(msprt(moment.estimate, variance, { alpha: base.alpha, tau2 }));
        const sequence = valueOf(asymptoticConfidenceSequence(moment, base));
        expect(mixture.ci[0]).toBeCloseTo(sequence.ci[0], 8);
        expect(Math.log(mixture.pValue)).toBeCloseTo(Math.log(sequence.pValue), 6);
      }),
    );
  });

  it('moves its null value: testing theta0 equals testing 0 on shifted estimates', () => {
    const shifted = valueOf(msprt(1.2, 0.04, { alpha: 0.05, tau2: 0.1, theta0: 1 }));
    const plain = valueOf(msprt(0.2, 0.04, { alpha: 0.05, tau2: 0.1 }));
    expect(shifted.lambda).toBeCloseTo(plain.lambda, 12);
    expect(shifted.ci[0]).toBeCloseTo(plain.ci[0] + 1, 12);
  });

  it('rejects at most alpha of null experiments that look after every unit', () => {
    const units = 400;
    const experiments = 500;
    let rejected = 0;
    for (let seed = 1; seed <= experiments; seed++) {
      const draw = normalSource(seed * 7919);
      let sum = 0;
      for (let n = 1; n <= units; n++) {
        sum += draw();
        const { pValue } = valueOf(msprt(sum / n, 1 / n, { alpha: 0.1, tau2: 0.05 }));
        if (pValue <= 0.1) {
          rejected += 1;
          break;
        }
      }
    }
    // An honest 0.1 would give 50; a fixed-horizon test looked at 400 times rejects more than half.
    expect(rejected).toBeLessThan(50);
    expect(rejected).toBeGreaterThan(10);
  });

  it('ignores looks during the burn-in and while nobody has converted', () => {
    const arm = (n: number, mean: number) => ({ n, mean, variance: mean * (1 - mean) });
    const looks = [
      { control: arm(50, 0.1), treatment: arm(50, 0.5) },
      { control: arm(150, 0), treatment: arm(150, 0.5) },
      { control: arm(200, 0.1), treatment: arm(200, 0.5) },
    ];
    const stream = valueOf(msprtStream(looks, { alpha: 0.05, tau2: 0.01 }));
    expect(stream.map(({ look: seen }) => seen !== null)).toEqual([false, false, true]);
    expect(stream[1]?.running).toEqual(NO_LOOKS);
    expect(stream[2]?.reject).toBe(true);
    const hasty = valueOf(msprtStream(looks.slice(0, 1), { alpha: 0.05, tau2: 0.01, burnInUnits: 0 }));
    expect(hasty[0]?.look).not.toBeNull();
  });

  it('refuses a plan or an estimate it cannot use', () => {
    const code = (estimate: number, variance: number, tau2: number) => {
      const outcome = msprt(estimate, variance, { alpha: 0.05, tau2 });
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code(1, 0, 1)).toBe('ZERO_VARIANCE');
    expect(code(1, 1, 0)).toBe('PLAN_INVALID');
    expect(code(Infinity, 1, 1)).toBe('INVALID_INPUT');
    expect(code(0.1, 5e-324, 0.2)).toBe('INVALID_INPUT');
  });

  it('has a rule of thumb for tau2 that is smooth where its expansion takes over', () => {
    const at = (b: number) => valueOf(msprtTau2(0.05, 1, (-2 * Math.log(0.05)) ** 2 / b ** 2)).tau2;
    expect(at(30.000001) / at(29.999999)).toBeCloseTo(1, 6);
    // 40-digit values of Φ(-b) / (φ(b)/b - Φ(-b)).
    expect(at(30.5) / 932.24359814773523).toBeCloseTo(1, 11);
    expect(at(40) / 1601.9962663059407).toBeCloseTo(1, 12);
    expect(at(100) / 10001.999400419587).toBeCloseTo(1, 12);
    expect(msprtTau2(0.05, 0, 100)).toMatchObject({ ok: false, refusal: { code: 'PLAN_INVALID' } });
  });
});
