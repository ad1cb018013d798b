import { AnalysisPlan } from '@assay/contracts';
import fc from 'fast-check';
import { codeOf } from '../plan/value-code.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import type { MetricEvent } from '../plan/metric-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { LIST_LIMIT } from './unit-lists.js';
import { foldEvents, rebuildCells } from './unit-state.js';

const HOUR = 3_600_000;
const metrics = [
  { name: 'kinds', eventName: 'buy', aggregationMethod: 'distinct' as const },
  { name: 'price', eventName: 'buy', aggregationMethod: 'quantile' as const, quantile: 0.5 },
  { name: 'orders', eventName: 'buy', aggregationMethod: 'count' as const },
  { name: 'funnel', eventName: 'buy', aggregationMethod: 'funnel' as const, steps: ['view', 'cart', 'view', 'buy'] },
];
const plan = experimentPlan(aDefinition({ metrics, analysis: AnalysisPlan.parse({}) }));
const unit = { variantId: plan.definition.variants[0]!.id, exposedAt: 0, conflicted: false, cells: plan.initialCells };

const event = (eventType: string, at: number, value: number | null = null): MetricEvent => ({
  key: '00000000-0000-7000-8000-000000000000',
  eventType,
  at,
  value,
  metadata: null,
});
const quantities = (events: readonly MetricEvent[]) => {
  const { cells } = rebuildCells(plan, unit, events);
  return Object.fromEntries(plan.metrics.map(({ metric, quantities: of }) => [metric.name, of(cells)]));
};

describe('the lists of a unit', () => {
  it('are the same for every order and every cut of the events', () => {
    const events = fc.array(
      fc.record({
        type: fc.constantFrom('buy', 'view', 'cart'),
        at: fc.nat(5),
        value: fc.option(fc.integer({ min: 0, max: 4 })),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(events, fc.array(fc.nat()), fc.nat(), (given, order, cut) => {
        const made = given.map(({ type, at, value }) => event(type, at * HOUR, value));
        const shuffled = made.map((each, index) => ({ each, rank: order[index] ?? 0 })).sort((a, b) => a.rank - b.rank);
        const all = shuffled.map(({ each }) => each);
        const at = all.length === 0 ? 0 : cut % all.length;
        const parts = foldEvents(plan, foldEvents(plan, unit, all.slice(0, at)), all.slice(at));
        expect(parts.cells).toEqual(rebuildCells(plan, unit, made).cells);
      }),
      { numRuns: 200 },
    );
  });

  it('do a funnel in its order only', () => {
    const at = (...types: string[]) => quantities(types.map((type, index) => event(type, index * HOUR)))['funnel'];
    expect(at('view', 'cart', 'view', 'buy')).toEqual([1, 1, 1, 1]);
    expect(at('buy', 'view', 'cart', 'view')).toEqual([0, 1, 1, 1]);
    expect(at('cart', 'view', 'buy')).toEqual([0, 1, 0, 0]);
    expect(at('view', 'buy', 'cart', 'buy', 'view', 'buy')).toEqual([1, 1, 1, 1]);
    expect(at()).toEqual([0, 0, 0, 0]);
  });

  it('leave a unit with too many entries out, and nothing else of it', () => {
    const flood = Array.from({ length: LIST_LIMIT + 1 }, (_, index) => event('buy', HOUR, index));
    expect(quantities(flood)).toMatchObject({ kinds: null, price: null, orders: [LIST_LIMIT + 1], funnel: null });
    expect(quantities(flood.slice(1))).toMatchObject({ kinds: [LIST_LIMIT], price: [], orders: [LIST_LIMIT] });
    const halves = foldEvents(plan, foldEvents(plan, unit, flood.slice(0, 9_000)), flood.slice(9_000));
    expect(halves.cells).toEqual(rebuildCells(plan, unit, flood).cells);
  });

  it('tell texts and numbers apart', () => {
    const codes = ['1', 1, 'true', true, 'a', 'b', ''].map(codeOf);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => Number.isFinite(code))).toBe(true);
    expect([null, undefined, {}, [], NaN, 1e200].map(codeOf)).toEqual([null, null, null, null, null, null]);
  });
});
