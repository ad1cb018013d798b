import { Metrics } from './metrics.js';

describe('metrics that are read when they are asked for', () => {
  const told = async (metrics: Metrics, name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));

  it('tells one value per set of labels, and forgets those that are no more', async () => {
    const metrics = new Metrics();
    let partitions = ['0', '1'];
    metrics.readings('lag', 'Lag', ['partition'], () =>
      Promise.resolve(partitions.map((partition) => ({ labels: { partition }, value: Number(partition) + 5 }))),
    );
    expect(await told(metrics, 'lag')).toEqual(['lag{partition="0"} 5', 'lag{partition="1"} 6']);
    partitions = ['1'];
    expect(await told(metrics, 'lag')).toEqual(['lag{partition="1"} 6']);
  });

  it('leaves out what cannot be read, instead of failing the whole scrape or claiming a zero', async () => {
    const metrics = new Metrics();
    let isAway = false;
    const read = async () => {
      await Promise.resolve();
      if (isAway) throw new Error('away');
      return [{ labels: {}, value: 3 }];
    };
    metrics.readings('outbox', 'Outbox', [], read);
    metrics.counter('calls', 'Calls').inc();
    expect(await told(metrics, 'outbox')).toEqual(['outbox 3']);
    isAway = true;
    expect(await told(metrics, 'outbox')).toEqual([]);
    expect(await told(metrics, 'calls')).toEqual(['calls 1']);
    isAway = false;
    expect(await told(metrics, 'outbox')).toEqual(['outbox 3']);
  });

  it('does not wait for ever', async () => {
    const metrics = new Metrics();
    metrics.readings('stuck', 'Stuck', ['of'], () => new Promise(() => undefined));
    const began = Date.now();
    expect(await told(metrics, 'stuck')).toEqual([]);
    expect(Date.now() - began).toBeLessThan(8_000);
  });
});
