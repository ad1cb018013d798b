import fc from 'fast-check';
import { noveltyTrend, type DailyEffect } from './novelty-trend.js';

const days = (effects: readonly number[], standardError = 0.1): DailyEffect[] =>
  effects.map((estimate, index) => ({ day: index + 1, estimate, standardError }));

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

describe('noveltyTrend', () => {
  it('tells an effect that wears off from one that grows, whatever its sign', () => {
    const falling = [1.4, 1.2, 1, 0.8, 0.6, 0.4, 0.2];
    expect(valueOf(noveltyTrend(days(falling), 0.05)).verdict).toBe('novelty');
    expect(valueOf(noveltyTrend(days(falling.map((effect) => -effect)), 0.05)).verdict).toBe('novelty');
    expect(valueOf(noveltyTrend(days([...falling].reverse()), 0.05)).verdict).toBe('primacy');
    expect(valueOf(noveltyTrend(days(falling, 5), 0.05)).verdict).toBe('none');
    expect(valueOf(noveltyTrend(days([1, 1, 1, 1, 1, 1, 1]), 0.05)).verdict).toBe('none');
  });

  it('mirrors when the arms are swapped, and its slope does not move with a constant or the first day', () => {
    const effects = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 7, maxLength: 30 });
    const shift = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(effects, shift, (values, by) => {
        const there = valueOf(noveltyTrend(days(values), 0.05));
        const back = valueOf(noveltyTrend(days(values.map((value) => -value)), 0.05));
        expect(back.slope.estimate).toBeCloseTo(-there.slope.estimate, 10);
        expect(back.verdict).toBe(there.verdict);
        expect(back.heterogeneity.statistic).toBeCloseTo(there.heterogeneity.statistic, 7);
        const later = days(values.map((value) => value + by)).map((day) => ({ ...day, day: day.day + by }));
        expect(valueOf(noveltyTrend(later, 0.05)).slope.estimate).toBeCloseTo(there.slope.estimate, 9);
      }),
    );
  });

  it('refuses less than a week, days out of order and days without an error', () => {
    const code = (input: DailyEffect[], alpha = 0.05) => {
      const outcome = noveltyTrend(input, alpha);
      return outcome.ok ? null : outcome.refusal.code;
    };
    const week = days([1, 2, 3, 4, 5, 6, 7]);
    expect(code(week.slice(1))).toBe('NOT_ENOUGH_TRAFFIC');
    expect(code([...week].reverse())).toBe('INVALID_INPUT');
    expect(code([...week, ...week.slice(-1)])).toBe('INVALID_INPUT');
    expect(code(days([1, 2, 3, 4, 5, 6, NaN]))).toBe('INVALID_INPUT');
    expect(code(days([1, 2, 3, 4, 5, 6, 7], 0))).toBe('ZERO_VARIANCE');
    expect(code(week, 1)).toBe('ALPHA_OUT_OF_RANGE');
  });
});
