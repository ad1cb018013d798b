import { RequestCounts } from './request-counts.js';

function setUp(most = 10) {
  const world = { now: 1_000 };
  const counts = new RequestCounts(60_000, most, () => world.now);
  const take = (client: string): number => counts.take(client).current;
  return { world, counts, take };
}

describe('RequestCounts', () => {
  it('counts each client for itself, and says how long the window lasts', () => {
    const { world, counts, take } = setUp();
    expect([take('a'), take('b'), take('a')]).toEqual([1, 1, 2]);
    world.now += 20_000;
    expect(counts.take('a')).toEqual({ current: 3, ttl: 40_000 });
  });

  it('begins anew when the window has ended, not a moment before', () => {
    const { world, take } = setUp();
    take('a');
    world.now += 59_999;
    expect(take('a')).toBe(2);
    world.now += 1;
    expect(take('a')).toBe(1);
  });

  it('takes a request back, but none of a window that is over', () => {
    const { world, counts, take } = setUp();
    take('a');
    take('a');
    counts.giveBack('a');
    expect(take('a')).toBe(2);
    world.now += 60_000;
    counts.giveBack('a');
    counts.giveBack('nobody');
    expect(take('a')).toBe(1);
  });

  it('is bounded: the client whose window began first is forgotten', () => {
    const { world, take } = setUp(2);
    for (const client of ['a', 'b', 'c']) {
      take(client);
      world.now += 1;
    }
    expect([take('c'), take('b')]).toEqual([2, 2]);
    expect(take('a')).toBe(1);
  });
});
