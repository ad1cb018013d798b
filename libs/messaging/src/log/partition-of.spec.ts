import fc from 'fast-check';
import { partitionOf } from './partition-of.js';

describe('partitionOf', () => {
  it('never changes: keys must stay on their partition over releases', () => {
    const keys = ['', 'a', 'user-1', 'user-2', 'p1:u1', 'ключ', '😀'];
    expect(keys.map((key) => partitionOf(key, 8))).toEqual([5, 0, 3, 1, 7, 5, 3]);
    expect(partitionOf('anything', 1)).toBe(0);
  });

  it('stays within the partitions', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 500 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        return Number.isInteger(partition) && partition >= 0 && partition < partitions;
      }),
    );
  });

  it('spreads similar keys evenly', () => {
    const counts = new Array<number>(8).fill(0);
    for (let index = 0; index < 80_000; index += 1) {
      const partition = partitionOf(`project:user-${index}`, 8);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    // 10,000 expected in each; five standard deviations are 468.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(468);
  });
});
