import fc from 'fast-check';
import { armRanges } from './arm-ranges.js';

describe('armRanges', () => {
  it('are cumulative shares', () => {
    expect(armRanges([50, 30, 20])).toEqual([[[0, 0.5]], [[0.5, 0.8]], [[0.8, 1]]]);
  });

  it('reach 1 exactly with thirds, and give an empty arm nothing', () => {
    expect(armRanges([33.333, 33.333, 33.333]).at(-1)).toEqual([[2 / 3, 1]]);
    expect(armRanges([0, 100, 0])).toEqual([[], [[0, 1]], []]);
    expect(armRanges([0, 0])).toEqual([[], []]);
  });

  it('cover [0, 1) without gap or overlap', () => {
    const weight = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000);
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), (weights) => {
        fc.pre(weights.some((each) => each > 0));
        const ranges = armRanges(weights).flat();
        expect(ranges[0]?.[0]).toBe(0);
        expect(ranges.at(-1)?.[1]).toBe(1);
        ranges.slice(1).forEach((range, index) => expect(range[0]).toBe(ranges[index]?.[1]));
      }),
    );
  });
});
