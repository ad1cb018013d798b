import { compileCondition, type Cond } from '@assay/evaluation';
import fc from 'fast-check';
import { allocate, type LayerState } from './allocate.js';

const saltOf = (generation: number): string => `layer:x.${generation}`;
const fresh: LayerState = { generation: 1, salt: saltOf(1), unit: ['userId'], excludes: [], mass: 1, used: 0 };
const units = Array.from({ length: 3_000 }, (_, index) => `unit-${index}`);

const unitsOf = (condition: Cond): ReadonlySet<string> => {
  const matches = compileCondition(condition);
  return new Set(units.filter((userId) => matches({ userId })));
};

const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((unit) => b.has(unit)).length;

type Part = { share: number; condition: Cond; units: ReadonlySet<string> };

function start(
  layer: LayerState,
  active: readonly Part[],
  share: number,
): { layer: LayerState; part: Part } | undefined {
  const allocation = allocate(layer, active, share, saltOf);
  if (allocation === undefined) return undefined;
  const { condition } = allocation;
  return { layer: allocation.layer, part: { share, condition, units: unitsOf(condition) } };
}

describe('allocate', () => {
  it('gives running experiments disjoint units of the asked share, whatever starts and ends in whatever order', () => {
    const step = fc.record({ share: fc.integer({ min: 1, max: 100 }), ends: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        let layer = fresh;
        const active: Part[] = [];
        for (const { share, ends } of steps) {
          if (active.length > 0 && ends % 2 === 0) active.splice(ends % active.length, 1);
          const free = 1 - active.reduce((sum, part) => sum + part.share, 0);
          const started = start(layer, active, share / 100);
          expect(started === undefined).toBe(share / 100 > free + 1e-9);
          if (started === undefined) continue;
          layer = started.layer;
          for (const part of active) expect(shared(part.units, started.part.units)).toBe(0);
          expect(Math.abs(started.part.units.size / units.length - share / 100)).toBeLessThan(0.06);
          active.push(started.part);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not give the units of an ended experiment to the next one as long as there are others', () => {
    const first = start(fresh, [], 0.4);
    const second = start(first?.layer ?? fresh, [], 0.4);
    expect(shared(first?.part.units ?? new Set(), second?.part.units ?? new Set())).toBe(0);
  });

  it('mixes all units under a new salt before it gives some again, and leaves alone those of who still runs', () => {
    const a = start(fresh, [], 0.5);
    const b = start(a?.layer ?? fresh, a === undefined ? [] : [a.part], 0.3);
    const running = b === undefined ? [] : [b.part];
    const c = start(b?.layer ?? fresh, running, 0.35);
    expect(c?.layer.generation).toBe(2);
    expect(c?.layer.salt).not.toBe(fresh.salt);
    expect(shared(b?.part.units ?? new Set(), c?.part.units ?? new Set())).toBe(0);
    // Half of the units were a's; of those that are not b's, five in seven. So it is with c's.
    const inherited = shared(a?.part.units ?? new Set(), c?.part.units ?? new Set()) / (c?.part.units.size ?? 1);
    expect(Math.abs(inherited - 5 / 7)).toBeLessThan(0.05);
  });
});
