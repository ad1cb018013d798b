import type { ExperimentDefinition } from '@assay/contracts';
import { compileDefinitions } from '@assay/evaluation';
import fc from 'fast-check';
import { CompiledExperiment } from './compiled-experiment.js';

const EMPTY = compileDefinitions({});
const NOW = 1_750_000_000_000;

function experiment(allocations: readonly number[], fields: Partial<ExperimentDefinition> = {}): CompiledExperiment {
  const definition = {
    key: 'exp',
    salt: 'exp',
    status: 'ACTIVE',
    unit: ['userId'],
    coverage: 100,
    targetingRules: null,
    variants: allocations.map((trafficAllocation, index) => ({
      id: `0190b6a2-0000-7000-8000-00000000000${index}`,
      key: `v${index}`,
      isControl: index === 0,
      trafficAllocation,
      configuration: {},
    })),
    ...fields,
  } as unknown as ExperimentDefinition;
  return new CompiledExperiment(definition, EMPTY);
}

const variantOf = (compiled: CompiledExperiment, userId: string): string | null => {
  const verdict = compiled.decide({ userId }, NOW);
  return verdict.enrolled ? verdict.variant.key : null;
};

describe('CompiledExperiment', () => {
  // The 0.1 % points of the chi-square distribution: the units are fixed, so this cannot fail by chance.
  it.each<[readonly number[], number]>([
    [[50, 50], 10.828],
    [[33.333, 33.333, 33.334], 13.816],
    [[90, 10], 10.828],
    [[1, 9, 30, 60], 16.266],
  ])('splits 100,000 units as %p', (allocations, limit) => {
    const compiled = experiment(allocations);
    const counts = allocations.map(() => 0);
    for (let unit = 0; unit < 100_000; unit += 1) {
      const verdict = compiled.decide({ userId: `unit-${unit}` }, NOW);
      const index = verdict.enrolled ? Number(verdict.variant.key.slice(1)) : -1;
      counts[index] = (counts[index] ?? NaN) + 1;
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
    const statistic = counts.reduce((sum, count, index) => {
      const expected = (allocations[index] ?? 0) * 1_000;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(statistic).toBeLessThan(limit);
  });

  it('covers the share it says, and the variants within are as balanced as without', () => {
    const compiled = experiment([50, 50], { coverage: 20 });
    let [enrolled, control] = [0, 0];
    for (let unit = 0; unit < 100_000; unit += 1) {
      const variant = variantOf(compiled, `unit-${unit}`);
      if (variant !== null) enrolled += 1;
      if (variant === 'v0') control += 1;
    }
    // Both within 3.29 standard deviations (0.1 %).
    expect(Math.abs(enrolled - 20_000)).toBeLessThan(3.29 * Math.sqrt(100_000 * 0.2 * 0.8));
    expect(Math.abs(control - enrolled / 2)).toBeLessThan(3.29 * Math.sqrt(enrolled / 4));
  });

  it('keeps whom it has, with their variant, when coverage grows', () => {
    const coverage = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(coverage, coverage, fc.string({ minLength: 1 }), (one, other, userId) => {
        const small = variantOf(experiment([30, 70], { coverage: Math.min(one, other) }), userId);
        const large = variantOf(experiment([30, 70], { coverage: Math.max(one, other) }), userId);
        if (small !== null) expect(large).toBe(small);
      }),
    );
  });

  it('says the probability of the variant among those enrolled', () => {
    const compiled = experiment([25, 75], { coverage: 50 });
    for (let unit = 0; unit < 50; unit += 1) {
      const verdict = compiled.decide({ userId: `unit-${unit}` }, NOW);
      if (verdict.enrolled) expect(verdict.propensity).toBeCloseTo(verdict.variant.key === 'v0' ? 0.25 : 0.75, 12);
    }
  });

  it('takes the first unit that has a value', () => {
    const compiled = experiment([50, 50], { unit: ['/org/id', 'userId'] });
    const [user, org] = ['u1', 'acme'].map((unit) => experiment([50, 50]).decide({ userId: unit }, NOW).bucket);
    expect(compiled.decide({ userId: 'u1', org: { id: 'acme' } }, NOW).bucket).toBe(org);
    expect(compiled.decide({ userId: 'u1', org: { id: '' } }, NOW).bucket).toBe(user);
    expect(experiment([50, 50], { unit: ['device'] }).decide({ userId: 'u1' }, NOW)).toEqual({
      enrolled: false,
      reason: 'NO_UNIT',
      bucket: null,
    });
  });
});
