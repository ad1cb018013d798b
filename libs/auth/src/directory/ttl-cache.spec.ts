import { AppError } from '@assay/contracts';
import { TtlCache } from './ttl-cache.js';

const settings = { hitMs: 10_000, missMs: 2_000, staleMs: 60_000, entries: 3 };

function setUp() {
  const world = { now: 0, loads: 0, answer: (): string | undefined => 'v1' };
  const cache = new TtlCache<string>(settings, () => world.now);
  const get = async (key = 'k') =>
    cache.get(key, async () => {
      world.loads += 1;
      await Promise.resolve();
      return world.answer();
    });
  return { world, cache, get };
}

describe('TtlCache', () => {
  it('asks once within the time of a hit, and anew after it', async () => {
    const { world, get } = setUp();
    expect([await get(), await get()]).toEqual(['v1', 'v1']);
    world.now = 9_999;
    await get();
    expect(world.loads).toBe(1);
    world.now = 10_000;
    world.answer = () => 'v2';
    expect(await get()).toBe('v2');
    expect(world.loads).toBe(2);
  });

  it('remembers a miss for a shorter time', async () => {
    const { world, get } = setUp();
    world.answer = () => undefined;
    await get();
    await get();
    expect(world.loads).toBe(1);
    world.now = 2_000;
    await get();
    expect(world.loads).toBe(2);
  });

  it('loads once for requests that come together', async () => {
    const { world, get } = setUp();
    expect(await Promise.all([get(), get(), get()])).toEqual(['v1', 'v1', 'v1']);
    expect(world.loads).toBe(1);
  });

  it('does not keep what was read before it was told to forget', async () => {
    const { world, cache, get } = setUp();
    const early = get();
    cache.forget(() => true);
    world.answer = () => 'v2';
    const late = get();
    await early;
    expect(await late).toBe('v2');
    expect(await get()).toBe('v2');
    expect(world.loads).toBe(2);
  });

  it('forgets what it is told to and keeps the rest', async () => {
    const { world, cache, get } = setUp();
    await get('a');
    await get('b');
    cache.forget((key) => key === 'a');
    await get('b');
    expect(world.loads).toBe(2);
    await get('a');
    expect(world.loads).toBe(3);
  });

  it('is bounded: the entry not used for longest goes', async () => {
    const { world, get } = setUp();
    for (const key of ['a', 'b', 'c', 'a', 'd']) await get(key);
    expect(world.loads).toBe(4);
    await get('a');
    expect(world.loads).toBe(4);
    await get('b');
    expect(world.loads).toBe(5);
  });

  it('goes on with what it knows while the database is away, but not for ever and not for what it never knew', async () => {
    const { world, get } = setUp();
    await get();
    world.answer = () => {
      throw AppError.unavailable('away', 2, Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    };
    world.now = 10_000;
    expect(await get()).toBe('v1');
    const asked = world.loads;
    expect(await get()).toBe('v1');
    expect(world.loads).toBe(asked);
    await expect(get('other')).rejects.toThrow('away');
    world.now = 60_000;
    await expect(get()).rejects.toThrow('away');
  });

  it('does not hide other errors behind old values', async () => {
    const { world, get } = setUp();
    await get();
    world.now = 10_000;
    world.answer = () => {
      throw new Error('relation "users" does not exist');
    };
    await expect(get()).rejects.toThrow('does not exist');
  });
});
