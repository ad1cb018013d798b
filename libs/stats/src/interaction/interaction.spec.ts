import fc from 'fast-check';
import { assignmentIndependence } from './assignment-independence.js';
import { experimentInteraction } from './experiment-interaction.js';
import { logitInteraction } from './logit-interaction.js';
import { screenInteractions } from './screen-interactions.js';

type Result<T> = { ok: true; value: T } | { ok: false; refusal: { code: string; message: string } };

function valueOf<T>(outcome: Result<T>): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

const codeOf = (outcome: Result<unknown>): string | null => (outcome.ok ? null : outcome.refusal.code);

describe('assignmentIndependence', () => {
  it('finds nothing in a product table and does not care which experiment comes first', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 400 }), (x, y, extra) => {
        const product = x.map((a) => y.map((b) => a * b));
        expect(valueOf(assignmentIndependence(product)).statistic).toBeCloseTo(0, 9);
        const skewed = product.map((row, a) => row.map((count, b) => (a === 0 && b === 0 ? count + extra : count)));
        const turned = y.map((_b, b) => skewed.map((row) => row[b] ?? 0));
        const there = valueOf(assignmentIndependence(skewed));
        expect(valueOf(assignmentIndependence(turned)).statistic).toBeCloseTo(there.statistic, 7);
        expect(there.degreesOfFreedom).toBe((x.length - 1) * (y.length - 1));
      }),
    );
  });

  it('sees experiments that exclude each other, and refuses tables without units in a variant', () => {
    expect(
      valueOf(
        assignmentIndependence([
          [5000, 10],
          [10, 5000],
        ]),
      ).pValue,
    ).toBeLessThan(1e-300);
    expect(
      codeOf(
        assignmentIndependence([
          [0, 0],
          [10, 20],
        ]),
      ),
    ).toBe('NO_UNITS');
    expect(codeOf(assignmentIndependence([[1, 2]]))).toBe('PLAN_INVALID');
    expect(codeOf(assignmentIndependence([[1, 2], [3]]))).toBe('PLAN_INVALID');
    expect(
      codeOf(
        assignmentIndependence([
          [1, -2],
          [3, 4],
        ]),
      ),
    ).toBe('INVALID_INPUT');
  });
});

describe('experimentInteraction and logitInteraction', () => {
  it('are the same whichever experiment is called X', () => {
    const conversions = fc.record({
      n: fc.integer({ min: 20, max: 5000 }),
      share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    });
    fc.assert(
      fc.property(conversions, conversions, conversions, conversions, (a, b, c, d) => {
        const counts = [a, b, c, d].map(({ n, share }) => ({ n, successes: Math.round(n * share) }));
        const [c00, c10, c01, c11] = counts as [
          (typeof counts)[0],
          (typeof counts)[0],
          (typeof counts)[0],
          (typeof counts)[0],
        ];
        const of = ({ n, successes }: { n: number; successes: number }) => {
          const mean = successes / n;
          return { n, mean, variance: mean * (1 - mean) };
        };
        const xy = valueOf(experimentInteraction({ c00: of(c00), c10: of(c10), c01: of(c01), c11: of(c11) }, 0.05));
        const yx = valueOf(experimentInteraction({ c00: of(c00), c10: of(c01), c01: of(c10), c11: of(c11) }, 0.05));
        expect(yx.interaction.estimate).toBeCloseTo(xy.interaction.estimate, 12);
        expect(yx.assignment.statistic).toBeCloseTo(xy.assignment.statistic, 6);
        const logit = valueOf(logitInteraction({ c00, c10, c01, c11 }, 0.05));
        const turned = valueOf(logitInteraction({ c00, c10: c01, c01: c10, c11 }, 0.05));
        expect(turned.estimate).toBeCloseTo(logit.estimate, 12);
      }),
    );
  });

  it('refuse infinite odds and impossible counts', () => {
    const cell = { n: 10, successes: 5 };
    const table = (c11: { n: number; successes: number }) => ({ c00: cell, c10: cell, c01: cell, c11 });
    expect(codeOf(logitInteraction(table({ n: 10, successes: 0 }), 0.05))).toBe('ZERO_VARIANCE');
    expect(codeOf(logitInteraction(table({ n: 10, successes: 10 }), 0.05))).toBe('ZERO_VARIANCE');
    expect(codeOf(logitInteraction(table({ n: 10, successes: 11 }), 0.05))).toBe('MORE_SUCCESSES_THAN_UNITS');
    expect(codeOf(logitInteraction(table({ n: 10, successes: NaN }), 0.05))).toBe('INVALID_INPUT');
    expect(codeOf(logitInteraction(table(cell), 0))).toBe('ALPHA_OUT_OF_RANGE');
  });
});

describe('screenInteractions', () => {
  it('flags with false discovery control over all pairs, at 0.01 unless told otherwise', () => {
    const pairs = Array.from({ length: 100 }, (_pair, index) => ({ pair: index, pValue: (index + 1) / 101 }));
    const lone = valueOf(screenInteractions([{ pair: -1, pValue: 5e-5 }, ...pairs]));
    expect(lone.filter(({ flagged }) => flagged).map(({ pair }) => pair)).toEqual([-1]);
    const lucky = valueOf(screenInteractions([{ pair: -1, pValue: 0.005 }, ...pairs]));
    expect(lucky.some(({ flagged }) => flagged)).toBe(false);
    expect(valueOf(screenInteractions([{ pair: 'a', pValue: 0.04 }], 0.05))[0]?.flagged).toBe(true);
    expect(codeOf(screenInteractions([{ pair: 'a', pValue: NaN }]))).toBe('INVALID_INPUT');
  });
});
