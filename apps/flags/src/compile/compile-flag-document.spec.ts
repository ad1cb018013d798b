import { FlagDocument } from '@assay/contracts';
import { checkFlag, compileDefinitions } from '@assay/evaluation';
import fc from 'fast-check';
import { compileFlagDocument, type CompilableFlag } from './compile-flag-document.js';

const flagOf = (fields: object): CompilableFlag => ({
  ...FlagDocument.parse({ name: 'A flag', ...fields }),
  key: 'flag',
  salt: 'flag',
});

function evaluate(fields: object, userId: string | undefined, context: object = {}) {
  const document = compileFlagDocument(flagOf({ status: 'ACTIVE', ...fields }));
  return compileDefinitions({ flags: { flag: document } }).evaluate('flag', { ...context, userId });
}

const THREE = {
  type: 'string',
  variants: [
    { key: 'a', value: 'A', weight: 50 },
    { key: 'b', value: 'B', weight: 30 },
    { key: 'c', value: 'C', weight: 20 },
  ],
  rolloutPercentage: 40,
};

describe('compileFlagDocument', () => {
  it('gives a switch without variants the values true and false', () => {
    expect(evaluate({ rolloutPercentage: 100 }, 'u1')).toMatchObject({ value: true, variant: 'on', reason: 'STATIC' });
    expect(evaluate({ rolloutPercentage: 0 }, 'u1')).toMatchObject({ value: false, variant: 'off', on: false });
  });

  it('leaves a flag that is switched off to the code, unless its author says otherwise', () => {
    const off = { status: 'INACTIVE', rolloutPercentage: 100 };
    expect(evaluate(off, 'u1')).toMatchObject({ variant: null, reason: 'DISABLED' });
    expect(evaluate({ ...off, offVariant: 'off' }, 'u1')).toMatchObject({ value: false, reason: 'DISABLED' });
  });

  it('does not reach a unit without a name unless the rollout is complete', () => {
    expect(evaluate({ rolloutPercentage: 99 }, undefined).on).toBe(false);
    expect(evaluate({ rolloutPercentage: 100 }, undefined).on).toBe(true);
  });

  it('serves the default variant when no variant has a weight', () => {
    const variants = THREE.variants.map((variant) => ({ ...variant, weight: 0 }));
    const fields = { ...THREE, variants, rolloutPercentage: 100, defaultVariant: 'b' };
    expect(evaluate(fields, 'u1')).toMatchObject({ value: 'B' });
  });

  // The 0.1 % points of the chi-square distribution: the units are fixed, so this cannot fail by chance.
  it('splits 100,000 units as the rollout and the weights say', () => {
    const compiled = compileDefinitions({
      flags: { flag: compileFlagDocument(flagOf({ status: 'ACTIVE', ...THREE })) },
    });
    const counts = new Map<string | null, number>();
    for (let unit = 0; unit < 100_000; unit += 1) {
      const { variant } = compiled.evaluate('flag', { userId: `unit-${unit}` });
      counts.set(variant, (counts.get(variant) ?? 0) + 1);
    }
    const expected = new Map<string | null, number>([
      [null, 60_000],
      ['a', 20_000],
      ['b', 12_000],
      ['c', 8_000],
    ]);
    let statistic = 0;
    for (const [variant, share] of expected) statistic += ((counts.get(variant) ?? 0) - share) ** 2 / share;
    expect(counts.size).toBe(4);
    expect(statistic).toBeLessThan(16.266);
  });

  it('makes a sound document of every sound flag, and a larger rollout keeps whom it had, with their variant', () => {
    const percentage = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000);
    fc.assert(
      fc.property(percentage, percentage, fc.string({ minLength: 1 }), (one, other, userId) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        expect(
          checkFlag(compileFlagDocument(flagOf({ ...THREE, rolloutPercentage: small })), { platformSalts: true }),
        ).toEqual([]);
        const before = evaluate({ ...THREE, rolloutPercentage: small }, userId);
        const after = evaluate({ ...THREE, rolloutPercentage: large }, userId);
        if (before.variant !== null) expect(after.variant).toBe(before.variant);
      }),
      { numRuns: 300 },
    );
  });
});
