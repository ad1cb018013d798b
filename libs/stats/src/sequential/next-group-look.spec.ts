import fc from 'fast-check';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { groupSequentialBounds } from './group-sequential-bounds.js';
import { nextGroupLook, type NextGroupLook, type NextGroupLookPlan, type TakenLook } from './next-group-look.js';

type Kind = 'obrien-fleming' | 'pocock' | 'haybittle-peto';
const kinds = fc.constantFrom<Kind>('obrien-fleming', 'pocock', 'haybittle-peto');

/** Standard normal numbers that are the same at each run: mulberry32, then Box and Muller. */
function normalNumbers(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Takes looks one after the other, each with the boundary that the ones before have left. */
function takeLooks(units: readonly number[], plan: Omit<NextGroupLookPlan, 'taken' | 'information'>): NextGroupLook[] {
  const taken: TakenLook[] = [];
  return units.map((information) => {
    const look = valueOf(nextGroupLook({ ...plan, taken, information }));
    taken.push({ information, criticalValue: look.criticalValue });
    return look;
  });
}

describe('nextGroupLook', () => {
  it('is the planned boundary when looks are taken at the planned fractions', () => {
    for (const kind of ['obrien-fleming', 'pocock', 'haybittle-peto'] as const) {
      const plan = { plannedInformation: 5_000, alphaOneSided: 0.025, boundary: { kind } };
      const planned = valueOf(
        groupSequentialBounds({
          informationFractions: [0.2, 0.4, 0.6, 0.8, 1],
          alphaOneSided: 0.025,
          boundary: { kind },
        }),
      );
      const looks = takeLooks([1_000, 2_000, 3_000, 4_000, 5_000], plan);
      looks.forEach((look, index) => {
        expect(look.criticalValue).toBeCloseTo(planned.criticalValues[index]!, 7);
        expectAgree(look.cumulativeAlphaSpent, planned.cumulativeAlphaSpent[index]!, 1e-8);
      });
    }
  });

  it('spends exactly the plan’s error by its end, whenever looks were taken', () => {
    const gaps = fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        gaps,
        kinds,
        fc.constantFrom(0.025, 0.05),
        fc.integer({ min: 0, max: 500 }),
        (steps, kind, alphaOneSided, overrun) => {
          let so = 0;
          const units = steps.map((step) => (so += step)).filter((total) => total < 1_000);
          const looks = takeLooks([...units, 1_000 + overrun], {
            plannedInformation: 1_000,
            alphaOneSided,
            boundary: { kind },
          });
          expectAgree(looks.at(-1)!.cumulativeAlphaSpent, alphaOneSided, 1e-7);
          expect(looks.at(-1)!.informationFraction).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('rejects at its level in made-up trials without an effect, looked at when it happened', () => {
    const units = [130, 200, 550, 900, 1_060];
    const trials = 20_000;
    const draw = normalNumbers(20_261_123);
    for (const kind of ['obrien-fleming', 'pocock', 'haybittle-peto'] as const) {
      const looks = takeLooks(units, { plannedInformation: 1_000, alphaOneSided: 0.025, boundary: { kind } });
      let rejected = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        let sum = 0;
        const crosses = looks.some(({ criticalValue }, index) => {
          sum += Math.sqrt(units[index]! - (units[index - 1] ?? 0)) * draw();
          return Math.abs(sum / Math.sqrt(units[index]!)) >= criticalValue;
        });
        if (crosses) rejected += 1;
      }
      // Four standard errors of the share.
      expect(Math.abs(rejected / trials - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials));
    }
  });

  it('leaves to a late first look what looks that were never taken have not spent', () => {
    const plan = { plannedInformation: 1_000, alphaOneSided: 0.025, boundary: { kind: 'pocock' } as const };
    const [only] = takeLooks([1_300], plan);
    expect(only!.criticalValue).toBeCloseTo(1.959963984540054, 9);
    const [late] = takeLooks([700], plan);
    const [, , third] = takeLooks([233, 466, 700], plan);
    expect(late!.criticalValue).toBeLessThan(third!.criticalValue);
  });

  it('lets a look stand that was held against another level', () => {
    const strict = { plannedInformation: 1_000, alphaOneSided: 0.005, boundary: { kind: 'pocock' } as const };
    const [first] = takeLooks([500], { ...strict, alphaOneSided: 0.025 });
    const taken = [{ information: 500, criticalValue: first!.criticalValue }];
    const after = valueOf(nextGroupLook({ ...strict, taken, information: 800 }));
    expect(after.criticalValue).toBe(Infinity);
    expect(after.cumulativeAlphaSpent).toBeCloseTo(first!.cumulativeAlphaSpent, 9);
  });

  it('repeats the boundary of a look just before, and goes on from it', () => {
    const plan = { plannedInformation: 1e9, alphaOneSided: 0.025, boundary: { kind: 'pocock' } as const };
    const [first, again, next] = takeLooks([4e8, 4e8 + 1, 6e8], plan);
    expect(again!.criticalValue).toBe(first!.criticalValue);
    const [, direct] = takeLooks([4e8, 6e8], plan);
    expect(next!.criticalValue).toBeCloseTo(direct!.criticalValue, 6);
  });

  it('refuses what is no plan', () => {
    const plan: NextGroupLookPlan = {
      taken: [{ information: 400, criticalValue: 3 }],
      information: 500,
      plannedInformation: 1_000,
      alphaOneSided: 0.025,
      boundary: { kind: 'haybittle-peto' },
    };
    expect(codeOf(nextGroupLook(plan))).toBe('computed');
    expect(codeOf(nextGroupLook({ ...plan, information: 400 }))).toBe('PLAN_INVALID');
    expect(codeOf(nextGroupLook({ ...plan, plannedInformation: 0 }))).toBe('PLAN_INVALID');
    expect(codeOf(nextGroupLook({ ...plan, alphaOneSided: 0.5 }))).toBe('ALPHA_OUT_OF_RANGE');
    expect(codeOf(nextGroupLook({ ...plan, alphaOneSided: 0.001 }))).toBe('PLAN_INVALID');
  });
});
