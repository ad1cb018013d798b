import fc from 'fast-check';
import { SeenWindow } from './seen-window.js';

describe('SeenWindow', () => {
  it('tells a name once per window, and never forgets it within half of one', () => {
    const visit = fc.record({ name: fc.constantFrom('a', 'b', 'c'), wait: fc.integer({ min: 0, max: 700 }) });
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 60 }), (visits) => {
        const window = new SeenWindow(1_000, 1_000);
        const told = new Map<string, number>();
        let now = 0;
        for (const { name, wait } of visits) {
          now += wait;
          const last = told.get(name) ?? Number.NEGATIVE_INFINITY;
          const isNew = window.isNew(name, now);
          if (isNew) {
            expect(now - last).toBeGreaterThanOrEqual(500);
            told.set(name, now);
          }
        }
      }),
    );
  });

  it('tells it again after a window without it', () => {
    const window = new SeenWindow(1_000, 100);
    expect([0, 400, 3_000].map((now) => window.isNew('a', now))).toEqual([true, false, true]);
  });

  it('holds no more names than its limit', () => {
    const window = new SeenWindow(1_000, 100);
    for (let index = 0; index < 10_000; index += 1) window.isNew(`n${index}`, index / 100);
    expect(window.size).toBeLessThanOrEqual(100);
  });
});
