import { codeOf, valueOf } from '../testing/outcomes.js';
import { midExperimentPower, type MidExperimentInput } from './mid-experiment-power.js';

describe('midExperimentPower', () => {
  const base: MidExperimentInput = {
    standardError: 0.0917978959857732,
    n: 1000,
    targetEffect: 0.05,
    targetPower: 0.8,
    alpha: 0.05,
    engine: { kind: 'fixed' },
  };

  it('names the units after which the power is there', () => {
    const engines = [
      { kind: 'fixed' },
      { kind: 'sequential', tuningParameter: 5000 },
      { kind: 'bayesian', prior: { mean: 0.05, variance: 0.001 } },
    ] as const;
    for (const engine of engines) {
      const input = { ...base, engine };
      const { scalingFactor, additionalUnits } = valueOf(midExperimentPower(input));
      expect(additionalUnits).toBeCloseTo(scalingFactor * 1000, 9);
      const later = {
        ...input,
        n: 1000 * (1 + scalingFactor),
        standardError: base.standardError / Math.sqrt(1 + scalingFactor),
      };
      expect(valueOf(midExperimentPower(later)).powerNow).toBeCloseTo(0.8, 8);
    }
  });

  it('gives the scaling that gbstats finds under a proper prior', () => {
    const engine = { kind: 'bayesian', prior: { mean: 0.05, variance: 0.001 } } as const;
    const { scalingFactor } = valueOf(midExperimentPower({ ...base, engine }));
    expect(Math.abs(scalingFactor / 13.9404296875 - 1)).toBeLessThan(1e-3);
  });

  it('needs nothing more once powered, more for several metrics, and gives up in the end', () => {
    expect(valueOf(midExperimentPower({ ...base, targetEffect: 1 }))).toMatchObject({
      scalingFactor: 0,
      additionalUnits: 0,
    });
    const one = valueOf(midExperimentPower(base)).scalingFactor;
    expect(valueOf(midExperimentPower({ ...base, targetEffect: -0.05 })).scalingFactor).toBe(one);
    expect(valueOf(midExperimentPower({ ...base, goalMetrics: 2, tests: 2 })).scalingFactor).toBeGreaterThan(one);
    expect(codeOf(midExperimentPower({ ...base, targetEffect: 1e-7 }))).toBe('NOT_ENOUGH_TRAFFIC');
  });

  it('refuses what it cannot work with', () => {
    expect(codeOf(midExperimentPower({ ...base, standardError: 0 }))).toBe('ZERO_VARIANCE');
    expect(codeOf(midExperimentPower({ ...base, n: 0 }))).toBe('NO_UNITS');
    expect(codeOf(midExperimentPower({ ...base, targetEffect: 0 }))).toBe('PLAN_INVALID');
    expect(codeOf(midExperimentPower({ ...base, targetPower: 1 }))).toBe('PLAN_INVALID');
    expect(codeOf(midExperimentPower({ ...base, alpha: 2 }))).toBe('ALPHA_OUT_OF_RANGE');
    expect(codeOf(midExperimentPower({ ...base, tests: 0 }))).toBe('PLAN_INVALID');
    expect(codeOf(midExperimentPower({ ...base, engine: { kind: 'sequential', tuningParameter: 0 } }))).toBe(
      'PLAN_INVALID',
    );
    const prior = { mean: 0, variance: 0 };
    expect(codeOf(midExperimentPower({ ...base, engine: { kind: 'bayesian', prior } }))).toBe('PLAN_INVALID');
  });
});
