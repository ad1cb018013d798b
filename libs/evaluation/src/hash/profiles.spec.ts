import fc from 'fast-check';
import { chiSquareIndependence, chiSquareUniform, CRITICAL_1_PERCENT } from '../../reference/chi-square.js';
import { SLOW_PROFILES, slowPosition } from '../../reference/positions.js';
import type { HashProfile } from '../definition.js';
import { bucketOf, HASH_PROFILES, hashFraction, hashFunction, nativeBucket } from './profiles.js';

const near = (actual: number, expected: number, digits: number): void => expect(actual).toBeCloseTo(expected, digits);

describe('hash profiles', () => {
  it.each(SLOW_PROFILES)('%s is what its definition says, for any salt and unit', (name) => {
    const profile = name as HashProfile;
    const mod = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), mod, (salt, unit, buckets) => {
        expect(hashFraction(profile, salt, unit, buckets)).toBe(slowPosition(profile, salt, unit, buckets));
      }),
    );
  });

  it('puts the users of published test suites where those put them', () => {
    expect(hashFraction('growthbook@2', 'seed', 'a')).toBe(0.0505);
    expect(hashFraction('growthbook@2', 'foo', 'ab')).toBe(0.2575);
    expect(hashFraction('growthbook@1', '', 'a')).toBe(0.22);
    // Unleash counts from 1 to 100.
    expect(hashFraction('unleash', 'gr1', '123')).toBe(0.72);
    expect(hashFraction('unleash', 'groupX', '999')).toBe(0.24);
    near(hashFraction('launchdarkly', 'hashKey.saltyA', 'userKeyA'), 0.42157587, 7);
    near(hashFraction('launchdarkly', 'hashKey.saltyA', 'userKeyB'), 0.6708485, 7);
    near(hashFraction('launchdarkly', '61', 'userKeyC'), 0.9242641, 7);
    expect(bucketOf(hashFraction('optimizely', '1886780721', 'ppid1'))).toBe(52540);
    expect(bucketOf(hashFraction('optimizely', '1886780722', 'ppid2'))).toBe(24340);
    expect(bucketOf(hashFraction('optimizely', '1886780721', 'ppid3'))).toBe(54390);
  });

  it('puts flagd units where the testbed puts them, at the edges of the hash, too', () => {
    expect(hashFraction('flagd@2', '', 'ejOoVL')).toBe(0);
    expect(hashFraction('flagd@2', '', 'SI7p-')).toBeLessThan(0.5);
    expect(hashFraction('flagd@2', '', '6LvT0')).toBe(0.5);
    expect(hashFraction('flagd@2', '', 'ceQdGm')).toBeLessThan(1);
    // 25 buckets of 4 %, by CBOR of the value alone: the type of the value counts.
    const bucket = (raw: unknown): number => {
      const position = hashFunction('flagd@3')?.prepare('', undefined);
      return Math.floor((position?.(JSON.stringify(raw), raw) ?? NaN) * 25) + 1;
    };
    expect([true, false, 'user1', 'user2', 123, '123', 1.23, '1.23', 0].map(bucket)).toEqual([
      5, 1, 22, 16, 20, 22, 14, 4, 8,
    ]);
    expect([1e20, -1e20, 65504, 3.5e38, 5e-324, 4294967296, -25].map(bucket)).toEqual([19, 25, 16, 1, 2, 19, 16]);
    expect([{ z: 1, aa: 2 }, { aa: 2, z: 1 }, { a: [1, 'two', true, [], null] }, 'ééééééééééé'].map(bucket)).toEqual([
      21, 21, 23, 16,
    ]);
    expect(hashFraction('flagd@3', 'fractional-flag-shorthand', 'user-1')).toBeLessThan(0.5);
    expect(hashFraction('flagd@3', 'fractional-flag-shorthand', 'user-2')).toBeGreaterThan(0.5);
  });

  it('hashes a Flagsmith unit again that would fall outside of every percentage', () => {
    // MD5 of "segment,user-6108" leaves the remainder 9998, which would be 100 %.
    expect(hashFraction('flagsmith', 'segment', 'user-6108')).toBeLessThan(1);
    expect(hashFraction('flagsmith', 'segment', 'user-6108')).toBe(slowPosition('flagsmith', 'segment', 'user-6108'));
  });

  it('knows every profile by name, and versions in the spelling of their products', () => {
    for (const name of HASH_PROFILES) expect(hashFunction(name)?.name).toBe(name);
    expect(hashFunction('flagd v2')?.name).toBe('flagd@2');
    expect(hashFunction('growthbook-v1')?.name).toBe('growthbook@1');
    expect(hashFunction(undefined)?.name).toBe('native');
    expect(hashFunction('toString')).toBeUndefined();
    expect(hashFraction('unheard-of' as HashProfile, 'salt', 'unit')).toBeNaN();
  });

  it('shows the text that is hashed', () => {
    for (const name of HASH_PROFILES) expect(hashFunction(name)?.input('salt', 'unit')).toContain('unit');
    expect(hashFunction('native')?.input('exp', 'user')).toBe('exp:user');
  });
});

describe('buckets', () => {
  it('are the integer form of the native position, without rounding error', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (salt, unit) => {
        const { hash, bucket, fraction } = nativeBucket(salt, unit);
        expect(fraction).toBe(hash / 2 ** 32);
        expect(bucket).toBe(Number((BigInt(hash) * 100_000n) >> 32n));
        expect(bucketOf(fraction)).toBe(bucket);
      }),
    );
  });

  it('lie in 0..99,999 and match positions of imported profiles exactly', () => {
    expect(bucketOf(0.57)).toBe(57_000);
    expect(bucketOf(0.29)).toBe(29_000);
    expect(bucketOf(0)).toBe(0);
    expect(bucketOf(1)).toBe(99_999);
  });
});

describe('the native hash', () => {
  const UNITS = 10_000;
  const BINS = 10;
  const SALTS = 60;

  function binsOf(salt: string): Uint8Array {
    const position = hashFunction('native')?.prepare(salt, undefined);
    return Uint8Array.from({ length: UNITS }, (_, index) =>
      Math.floor((position?.(`user-${index}`, '') ?? NaN) * BINS),
    );
  }

  const bins = Array.from({ length: SALTS + 1 }, (_, salt) => binsOf(`exp-${salt}`));

  it('spreads units evenly: about 1 % of the salts look uneven at the 1 % level', () => {
    const uneven = bins.filter((units) => {
      const counts = Array<number>(BINS).fill(0);
      for (const bin of units) counts[bin] = (counts[bin] ?? 0) + 1;
      return chiSquareUniform(counts) > (CRITICAL_1_PERCENT[BINS - 1] ?? 0);
    });
    expect(uneven.length).toBeLessThanOrEqual(3);
  });

  it('makes neighbouring salts independent', () => {
    const dependent = bins.slice(1).filter((units, salt) => {
      const counts = Array<number>(BINS * BINS).fill(0);
      for (const [unit, bin] of units.entries()) {
        const cell = bin * BINS + (bins[salt]?.[unit] ?? 0);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      const table = Array.from({ length: BINS }, (_, row) => counts.slice(row * BINS, (row + 1) * BINS));
      return chiSquareIndependence(table) > (CRITICAL_1_PERCENT[(BINS - 1) ** 2] ?? 0);
    });
    expect(dependent.length).toBeLessThanOrEqual(3);
  });
});
