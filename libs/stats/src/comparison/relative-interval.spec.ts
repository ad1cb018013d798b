import fc from 'fast-check';
import { meanFromValues, meanFromVariance } from '../summary/mean-summary.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { studentTQuantile } from '../distributions/student-t.js';
import { armEstimate } from '../effect/arm-estimate.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { katzLogInterval } from '../proportions/katz-log-interval.js';
import { covariateFromValues } from '../summary/covariate-summary.js';
import { compareArms } from './compare-arms.js';
import { compareStrata } from './compare-strata.js';

describe('the interval of a relative effect', () => {
  const noisy = { control: meanFromVariance(50, 2, 100), treatment: meanFromVariance(60, 3.5, 90) };

  it('is the delta method where control is well measured', () => {
    const sharp = { control: meanFromVariance(5000, 2, 100), treatment: meanFromVariance(6000, 2.1, 90) };
    const { relative } = compareArms(sharp);
    expect(relative?.robust).toBeNull();
    const middle = ((relative?.ci[0] ?? NaN) + (relative?.ci[1] ?? NaN)) / 2;
    expect(middle).toBeCloseTo(relative?.estimate ?? NaN, 12);
  });

  it('has Fieller’s beside it where it is not, open where control cannot be told from 0', () => {
    const { relative } = compareArms({ ...noisy, alpha: 0.2 });
    const robust = relative?.robust;
    expect(robust?.method).toBe('fieller');
    const ofDelta = [...(relative?.ci ?? [])];
    expect((ofDelta[0]! + ofDelta[1]!) / 2).toBeCloseTo(relative?.estimate ?? NaN, 12);
    const c = armEstimate(noisy.control);
    const t = armEstimate(noisy.treatment);
    // Both ends are lifts at which the difference mT - (1 + L) mC is just significant, with the same critical value.
    const critical = -studentTQuantile(0.1, welchDegreesOfFreedom(c, t));
    for (const end of robust?.ci ?? []) {
      const error = Math.sqrt(t.variance / t.n + ((1 + end) ** 2 * c.variance) / c.n);
      expect(Math.abs(t.mean - (1 + end) * c.mean) / error).toBeCloseTo(critical, 9);
    }
    expect(robust?.ci[1]).toBeGreaterThan(relative?.estimate ?? NaN);
    const open = compareArms(noisy).relative;
    expect(open).toMatchObject({ estimate: 0.75, robust: { ci: [-Infinity, Infinity], method: 'fieller' } });
    const upward = compareArms({ ...noisy, alpha: 0.1, alternative: 'greater' }).relative?.robust;
    expect(upward?.ci[0]).toBeCloseTo(robust?.ci[0] ?? NaN, 12);
    expect(upward?.ci[1]).toBe(Infinity);
  });

  it('excludes 0 just when the difference does, and mirrors for a negative baseline', () => {
    const someArm = fc
      .tuple(fc.integer({ min: 5, max: 80 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100 }))
      .map(([n, value, spreadOf]) => ({ n, mean: value / 4, variance: spreadOf }));
    fc.assert(
      fc.property(someArm, someArm, (a, b) => {
        const of = ({ n, mean: value, variance: v }: typeof a, sign: number) => meanFromVariance(n, sign * value, v);
        const there = compareArms({ control: of(a, 1), treatment: of(b, 1) });
        const robust = there.relative?.robust;
        if (robust?.method !== 'fieller' || robust.ci[0] === -Infinity) return;
        expect(robust.ci[0] > 0 || robust.ci[1] < 0).toBe(there.significant);
        const mirrored = compareArms({ control: of(a, -1), treatment: of(b, -1) });
        expect(mirrored.relative?.robust?.ci[0]).toBeCloseTo(-robust.ci[1], 9);
        expect(mirrored.relative?.robust?.ci[1]).toBeCloseTo(-robust.ci[0], 9);
      }),
    );
  });

  it('is Katz’ for a proportion with few conversions in control', () => {
    const control = proportionSummary(1000, 40);
    const treatment = proportionSummary(1000, 60);
    const { relative } = compareArms({ control, treatment });
    const katz = katzLogInterval(control, treatment, 0.05);
    expect(relative?.robust).toEqual({ method: 'log', ci: katz.ok ? katz.value : null });
    expect(compareArms({ control, treatment, alternative: 'less' }).relative?.robust?.ci[0]).toBe(-Infinity);
    const many = compareArms({ control: proportionSummary(1000, 150), treatment });
    expect(many.relative?.robust).toBeNull();
  });

  it('counts in what a covariate says of the baseline', () => {
    const x = Array.from({ length: 30 }, (_, i) => ((i * 37) % 30) / 10);
    const of = (shift: number) =>
      covariateFromValues(
        x.map((value, i) => 4 * value - 5 + shift + ((i * 11) % 7) / 2),
        x,
      );
    const { relative, significant } = compareArms({ control: of(0), treatment: of(1) });
    expect(relative?.robust?.method).toBe('fieller');
    expect((relative?.robust?.ci[0] ?? NaN) > 0).toBe(significant);
    const plain = (shift: number) => meanFromValues(x.map((value) => 4 * value - 5 + shift));
    const [whole, strata] = [
      compareArms({ control: plain(0), treatment: plain(1) }),
      compareStrata([{ control: plain(0), treatment: plain(1) }]),
    ];
    expect(strata.relative?.robust?.method).toBe('fieller');
    expect(strata.relative?.robust?.ci[0]).toBeCloseTo(whole.relative?.robust?.ci[0] ?? NaN, 9);
    expect(strata.relative?.robust?.ci[1]).toBeCloseTo(whole.relative?.robust?.ci[1] ?? NaN, 9);
  });
});
