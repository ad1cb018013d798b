import fc from 'fast-check';
import { codeOf, valueOf } from '../testing/outcomes.js';
import { winsorLimits } from './winsor-limits.js';
import { winsorize } from './winsorize.js';

const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 });

describe('winsorizing', () => {
  it('leaves nothing beyond the limits, moves nothing within, and keeps every unit', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 0.5, max: 1, noNaN: true }), (a, b, percentile) => {
        const limits = valueOf(winsorLimits([a, b], { percentile, lowerPercentile: 0.1 }));
        const { values: cut, capped, raised } = winsorize(a, limits);
        const [floor, cap] = [limits.floor ?? -Infinity, limits.cap ?? Infinity];
        expect(cut).toEqual(a.map((value) => Math.min(cap, Math.max(floor, value))));
        expect(capped).toBe(a.filter((value) => value > cap).length);
        expect(raised).toBe(a.filter((value) => value < floor).length);
        expect(winsorize(cut, limits).values).toEqual(cut);
      }),
    );
  });

  it('finds one cap for all arms, whichever way the units fell', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const options = { percentile: 0.9 };
        expect(winsorLimits([a, b], options)).toEqual(winsorLimits([[...b, ...a]], options));
      }),
    );
  });

  it('can leave zeros out of the percentile but not out of the data', () => {
    const arm = [0, 0, 0, 0, 10, 20];
    expect(valueOf(winsorLimits([arm], { percentile: 0.5 })).cap).toBe(0);
    const limits = valueOf(winsorLimits([arm], { percentile: 0.5, ignoreZeros: true }));
    expect(limits.cap).toBe(15);
    expect(winsorize(arm, limits).values).toEqual([0, 0, 0, 0, 10, 15]);
  });

  it('takes a fixed cap as it is, and no limit as none', () => {
    expect(valueOf(winsorLimits([[1, 2]], { absoluteCap: 40, percentile: 0.5 }))).toEqual({ cap: 40, floor: null });
    expect(valueOf(winsorLimits([], { absoluteCap: 40 }))).toEqual({ cap: 40, floor: null });
    expect(winsorize([1, 1e9], valueOf(winsorLimits([], {}))).values).toEqual([1, 1e9]);
  });

  it('refuses percentiles of nothing or outside of 0 and 1, and limits that cross', () => {
    expect(codeOf(winsorLimits([[], []], { percentile: 0.99 }))).toBe('NO_UNITS');
    expect(codeOf(winsorLimits([[0, 0]], { percentile: 0.99, ignoreZeros: true }))).toBe('NO_UNITS');
    expect(codeOf(winsorLimits([[1]], { percentile: 99 }))).toBe('INVALID_INPUT');
    expect(codeOf(winsorLimits([[1]], { absoluteCap: NaN }))).toBe('INVALID_INPUT');
    expect(codeOf(winsorLimits([[1]], { absoluteCap: Infinity }))).toBe('INVALID_INPUT');
    expect(codeOf(winsorLimits([[1, NaN, 3]], { percentile: 0.5 }))).toBe('INVALID_INPUT');
    expect(codeOf(winsorLimits([[1, Infinity, 3]], { percentile: 0.5, ignoreZeros: true }))).toBe('INVALID_INPUT');
    expect(codeOf(winsorLimits([[5, 6, 7]], { absoluteCap: 1, lowerPercentile: 0.1 }))).toBe('INVALID_INPUT');
  });
});
