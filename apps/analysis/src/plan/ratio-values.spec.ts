import type { Metric } from '@assay/contracts';
import { aDefinition } from '../testing/a-definition.js';
import { rebuildCells } from '../units/unit-state.js';
import { experimentPlan, layoutOf } from './experiment-plan.js';

/** Event type, value and what is in the metadata. */
type Happened = readonly [eventType: string, value: number | null, total?: unknown];

/** Numerator and denominator of a unit that has done all that. */
function ratioOf(fields: Partial<Metric>, events: readonly Happened[]) {
  const metrics = [{ name: 'ratio', eventName: 'purchase', aggregationMethod: 'ratio' as const, ...fields }];
  const plan = experimentPlan(aDefinition({ metrics }));
  const unit = { variantId: 'control', exposedAt: 0, conflicted: false, cells: plan.initialCells };
  const history = events.map(([eventType, value, total], index) => ({
    key: `00000000-0000-8000-8000-00000000000${index}`,
    eventType,
    at: index,
    value,
    metadata: total === undefined ? null : { total },
  }));
  return plan.metrics[0]!.quantities(rebuildCells(plan, unit, history).cells);
}

describe('a ratio', () => {
  const perPurchase = { denominatorEventName: 'purchase' };

  it('of an event to itself is its mean: values over the number of events', () => {
    expect(
      ratioOf(perPurchase, [
        ['purchase', 30],
        ['purchase', 50],
        ['purchase', null],
      ]),
    ).toEqual([80, 3]);
    const events: Happened[] = [
      ['purchase', 7, 30],
      ['purchase', 7, 50],
      ['purchase', 7, 'free'],
      ['purchase', 7],
    ];
    expect(ratioOf({ ...perPurchase, eventValuePath: '$.total' }, events)).toEqual([80, 4]);
  });

  it('reads its path in the numerator only, where an event without the number is 0', () => {
    const events: Happened[] = [
      ['purchase', 1, 30],
      ['purchase', 1],
      ['visit', null, 1_000],
      ['visit', 2, 1_000],
    ];
    expect(ratioOf({ denominatorEventName: 'visit', eventValuePath: '$.total' }, events)).toEqual([30, 3]);
  });

  it('of plain events is how many there are of each, or the sums of their values', () => {
    const events: Happened[] = [
      ['purchase', null],
      ['purchase', 4],
      ['visit', null],
      ['visit', 2.5],
    ];
    expect(ratioOf({ denominatorEventName: 'visit' }, events)).toEqual([5, 3.5]);
  });

  it('is built anew where its numbers have another meaning now, and only there', () => {
    const hashOf = (fields: Partial<Metric>) =>
      JSON.stringify(
        layoutOf(
          aDefinition({ metrics: [{ name: 'm', eventName: 'purchase', aggregationMethod: 'ratio', ...fields }] }),
        ),
      );
    const changed = [perPurchase, { denominatorEventName: 'visit', eventValuePath: '$.total' }];
    expect(changed.map((fields) => hashOf(fields).includes('ratio 2'))).toEqual([true, true]);
    expect(hashOf({ denominatorEventName: 'visit' })).not.toContain('ratio 2');
  });
});
