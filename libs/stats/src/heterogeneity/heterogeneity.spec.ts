import fc from 'fast-check';
import { segmentHeterogeneity, type SegmentEffect } from './segment-heterogeneity.js';
import { OTHER_SEGMENT, topSegments } from './top-segments.js';

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

const segments: fc.Arbitrary<SegmentEffect[]> = fc
  .array(
    fc.record({
      estimate: fc.double({ min: -2, max: 2, noNaN: true }),
      standardError: fc.double({ min: 0.01, max: 1, noNaN: true }),
      n: fc.integer({ min: 2, max: 100_000 }),
    }),
    { minLength: 2, maxLength: 10 },
  )
  .map((list) => list.map((effect, index) => ({ ...effect, segment: `s${index}` })));

describe('segmentHeterogeneity', () => {
  it('sees none where all segments agree', () => {
    const equal = ['a', 'b', 'c'].map((segment, index) => ({
      segment,
      estimate: 0.3,
      standardError: 0.1 * (index + 1),
      n: 10,
    }));
    const result = valueOf(segmentHeterogeneity(equal, 0.05));
    expect(result.heterogeneity).toMatchObject({ degreesOfFreedom: 2 });
    expect(result.heterogeneity.statistic).toBeCloseTo(0, 20);
    expect(result).toMatchObject({ i2: 0, tau2: 0 });
    expect(result.randomEffects).toEqual(result.fixedEffect);
  });

  it('sees the same at a large offset', () => {
    const at = (offset: number) =>
      valueOf(
        segmentHeterogeneity(
          [0.25, 0.5, 1.125, 0.75].map((shift, index) => ({
            segment: `s${index}`,
            estimate: offset + shift,
            standardError: 0.25 * (index + 1),
            n: 100,
          })),
          0.05,
        ),
      );
    const [near, far] = [at(0), at(2 ** 40)];
    expect(far.heterogeneity.statistic).toBeCloseTo(near.heterogeneity.statistic, 12);
    expect(far.tau2).toBeCloseTo(near.tau2, 12);
    expect(far.fixedEffect.estimate - 2 ** 40).toBeCloseTo(near.fixedEffect.estimate, 3);
  });

  it('refuses errors and estimates whose weights no double holds', () => {
    const with2 = (standardError: number, estimate = 1) =>
      segmentHeterogeneity(
        [
          { segment: 'a', estimate, standardError, n: 10 },
          { segment: 'b', estimate: 0, standardError: 1, n: 10 },
        ],
        0.05,
      );
    for (const outcome of [with2(1e-200), with2(1e-100), with2(1, 1e200)]) {
      expect(outcome).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
    }
    expect(with2(1e-60)).toMatchObject({ ok: true });
  });

  it('mirrors with the arms, keeps I² in [0, 1) and is never surer with random effects', () => {
    fc.assert(
      fc.property(segments, (list) => {
        const there = valueOf(segmentHeterogeneity(list, 0.05));
        const back = valueOf(
          segmentHeterogeneity(
            list.map((s) => ({ ...s, estimate: -s.estimate })),
            0.05,
          ),
        );
        expect(back.fixedEffect.estimate).toBeCloseTo(-there.fixedEffect.estimate, 12);
        expect(back.heterogeneity.statistic).toBeCloseTo(there.heterogeneity.statistic, 6);
        expect(there.i2).toBeGreaterThanOrEqual(0);
        expect(there.i2).toBeLessThan(1);
        expect(there.randomEffects.standardError).toBeGreaterThanOrEqual(there.fixedEffect.standardError * (1 - 1e-12));
        for (const segment of there.segments) {
          expect(segment.bhPValue).toBeLessThanOrEqual(segment.holmPValue + 1e-15);
          expect(segment.bhPValue).toBeGreaterThanOrEqual(segment.pValue * (1 - 1e-12));
        }
      }),
    );
  });

  it('takes the segments’ own p-values when they have a better test', () => {
    const list = [
      { segment: 'a', estimate: 1, standardError: 1, n: 5, pValue: 0.5 },
      { segment: 'b', estimate: 1, standardError: 1, n: 5 },
    ];
    expect(valueOf(segmentHeterogeneity(list, 0.05)).segments.map(({ pValue }) => pValue)).toEqual([
      0.5,
      expect.closeTo(0.3173105, 6),
    ]);
  });

  it('refuses one segment, empty ones and ones without an error', () => {
    const one = { segment: 'a', estimate: 1, standardError: 1, n: 5 };
    const code = (list: SegmentEffect[]) => {
      const outcome = segmentHeterogeneity(list, 0.05);
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code([one])).toBe('PLAN_INVALID');
    expect(code([one, { ...one, n: 0 }])).toBe('NO_UNITS');
    expect(code([one, { ...one, standardError: 0 }])).toBe('ZERO_VARIANCE');
    expect(code([one, { ...one, estimate: NaN }])).toBe('INVALID_INPUT');
    expect(code([one, { ...one, pValue: 2 }])).toBe('INVALID_INPUT');
  });
});

describe('topSegments', () => {
  const list = ['no', 'se', 'dk', 'fi'].map((segment, index) => ({
    segment,
    n: [10, 40, 10, 30][index] ?? 0,
    summary: index,
  }));

  it('keeps the largest, pools the rest and loses no unit', () => {
    const pooled = topSegments(list, 2, (a, b) => a + b);
    expect(pooled.map(({ segment, n }) => [segment, n])).toEqual([
      ['se', 40],
      ['fi', 30],
      [OTHER_SEGMENT, 20],
    ]);
    expect(pooled[2]?.summary).toBe(0 + 2);
  });

  it('does not depend on the order of the values, and pools nothing when all fit', () => {
    const merge = (a: number, b: number): number => a + b;
    expect(topSegments([...list].reverse(), 3, merge)).toEqual(topSegments(list, 3, merge));
    expect(topSegments(list, 4, merge).map(({ segment }) => segment)).not.toContain(OTHER_SEGMENT);
  });
});
