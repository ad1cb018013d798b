import { AppError } from '@assay/contracts';
import fc from 'fast-check';
import type { RawRecord } from '../log/log-transport.js';
import type { LogBatch } from '../log/records.js';
import { testTopic, type Note } from '../contract/test-topic.js';
import { BatchDelivery } from './batch-delivery.js';
import type { Deliver, DeliveryTools, Handling } from './delivery.js';
import { Gate, Place } from './gate.js';
import { StaleBatchError, type LogContext } from './log-context.js';
import { OffsetStore } from './offset-store.js';
import { SingleDelivery } from './single-delivery.js';

const topic = testTopic(1);

/** The store of offsets in memory: fenced as the real one. */
class MemoryOffsets extends OffsetStore {
  position0 = 0;
  readonly dead: { offset: number; attempts: number; code: string | null }[] = [];

  constructor() {
    super({ query: () => Promise.reject(new Error('not used')) });
  }

  override async advance(...[move, dead]: Parameters<OffsetStore['advance']>): Promise<void> {
    await Promise.resolve();
    if (this.position0 !== move.expected) throw new StaleBatchError(move.group, move.topic, move.partition);
    this.position0 = move.next;
    this.dead.push(...dead.map(({ offset, attempts, code }) => ({ offset, attempts, code })));
  }
}

const record = (offset: number, sound: boolean): RawRecord => {
  const value = {
    specversion: sound ? '1.0' : '9.9',
    id: `${offset}`,
    type: topic.type,
    subject: 'k',
    data: { n: offset },
  };
  return { offset, key: 'k', scope: null, read: () => ({ value }), raw: () => JSON.stringify(value) };
};

const aPlace = (): Place => new Place(new Gate(1));

function stage(
  mode: 'single' | 'batch',
  maxBatch: number,
  invoke: Handling['invoke'],
): { offsets: MemoryOffsets; deliver: Deliver; waits: number[] } {
  const offsets = new MemoryOffsets();
  const waits: number[] = [];
  const tools: DeliveryTools = {
    offsets,
    policy: { attempts: 3, retry: { baseMs: 10, capMs: 50 }, outage: { baseMs: 10, capMs: 50 } },
    sleep: (ms, signal) =>
      signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve(void waits.push(ms)),
    random: () => 0.5,
    warn: () => undefined,
  };
  const handling: Handling = { topic, group: 'g', mode, maxBatch, invoke };
  const { deliver } = mode === 'batch' ? new BatchDelivery(handling, tools) : new SingleDelivery(handling, tools);
  return { offsets, deliver, waits };
}

/** Fates of records: sound, unreadable, or such that the handler fails on them. */
const fates = fc.array(fc.constantFrom('good', 'good', 'good', 'unreadable', 'cursed'), { maxLength: 40 });

describe('delivery', () => {
  it.each(['batch', 'single'] as const)(
    'handles every sound record once and in order, puts aside exactly the others, whatever fails (%s)',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(
          fates,
          fc.integer({ min: 1, max: 12 }),
          fc.array(fc.boolean(), { maxLength: 30 }),
          fc.boolean(),
          async (fate, maxBatch, flaky, commits) => {
            const handled: number[] = [];
            let call = 0;
            const { offsets, deliver } = stage(mode, maxBatch, async (data, context) => {
              const numbers =
                mode === 'batch'
                  ? (data as LogBatch<Note>).records.map(({ envelope }) => envelope.data.n)
                  : [(data as Note).n];
              call += 1;
              if (flaky[call] === true) throw AppError.unavailable('for a moment');
              if (numbers.some((n) => fate[n] === 'cursed')) throw new Error('cursed');
              if (commits) await context.commitWithin({ query: () => Promise.resolve({ rows: [] }) });
              handled.push(...numbers);
            });
            const records = fate.map((each, offset) => record(offset, each !== 'unreadable'));
            const end = fate.length;
            expect(
              await deliver({
                partition: 0,
                position: 0,
                records,
                end,
                signal: new AbortController().signal,
                place: aPlace(),
              }),
            ).toBe(end);
            expect(offsets.position0).toBe(end);
            const indexes = fate.map((each, index) => ({ each, index }));
            expect(handled).toEqual(indexes.filter(({ each }) => each === 'good').map(({ index }) => index));
            const dead = [...offsets.dead].sort((a, b) => a.offset - b.offset);
            expect(dead.map(({ offset }) => offset)).toEqual(
              indexes.filter(({ each }) => each !== 'good').map(({ index }) => index),
            );
            expect(dead.every(({ attempts, code }) => attempts === (code === 'wrong_version' ? 1 : 3))).toBe(true);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('never blocks for longer than the policy says: one poison record of 1,000 costs a bounded number of tries', async () => {
    let calls = 0;
    const { deliver, offsets, waits } = stage('batch', 1_000, (data) => {
      calls += 1;
      const batch = data as LogBatch<Note>;
      return batch.records.some(({ envelope }) => envelope.data.n === 613)
        ? Promise.reject(new Error('poison'))
        : Promise.resolve();
    });
    const records = Array.from({ length: 1_000 }, (_, offset) => record(offset, true));
    await deliver({
      partition: 0,
      position: 0,
      records,
      end: 1_000,
      signal: new AbortController().signal,
      place: aPlace(),
    });
    expect(offsets.dead).toEqual([{ offset: 613, attempts: 3, code: 'Error' }]);
    // Three tries of all, a failing and a sound half per level, three tries of the one.
    expect(calls).toBeLessThanOrEqual(3 + 2 * 10 + 3);
    expect(waits.length).toBeLessThanOrEqual(4);
  });

  it('goes on from the stored offset when it was overtaken, and tells so', async () => {
    const { deliver, offsets } = stage('batch', 10, (_data, context) => {
      offsets.position0 = 5;
      return context.commitWithin({ query: () => Promise.resolve({ rows: [] }) });
    });
    const work = {
      partition: 0,
      position: 0,
      records: [record(0, true)],
      end: 1,
      signal: new AbortController().signal,
      place: aPlace(),
    };
    await expect(deliver(work)).rejects.toBeInstanceOf(StaleBatchError);
    expect(offsets.position0).toBe(5);
  });

  it('is stale even when the handler swallows the refusal', async () => {
    const { deliver, offsets } = stage('batch', 10, (_data, context: LogContext) => {
      offsets.position0 = 5;
      return context.commitWithin({ query: () => Promise.resolve({ rows: [] }) }).catch(() => undefined);
    });
    const work = {
      partition: 0,
      position: 0,
      records: [record(0, true)],
      end: 1,
      signal: new AbortController().signal,
      place: aPlace(),
    };
    await expect(deliver(work)).rejects.toBeInstanceOf(StaleBatchError);
  });

  it('stops between records when told to, with what was done stored', async () => {
    const abort = new AbortController();
    const { deliver, offsets } = stage('single', 10, (data) => {
      if ((data as Note).n === 2) abort.abort();
      return Promise.resolve();
    });
    const records = [0, 1, 2, 3, 4].map((offset) => record(offset, true));
    expect(await deliver({ partition: 0, position: 0, records, end: 5, signal: abort.signal, place: aPlace() })).toBe(
      3,
    );
    expect(offsets.position0).toBe(3);
  });

  it('leaves an outage when told to stop, without losing the record', async () => {
    const abort = new AbortController();
    const { deliver, offsets } = stage('batch', 10, () => {
      abort.abort();
      return Promise.reject(AppError.unavailable('away'));
    });
    expect(
      await deliver({
        partition: 0,
        position: 0,
        records: [record(0, true)],
        end: 1,
        signal: abort.signal,
        place: aPlace(),
      }),
    ).toBe(0);
    expect(offsets).toMatchObject({ position0: 0, dead: [] });
  });
});

describe('Gate', () => {
  it('lets no more in than it is wide, and everybody in the end', async () => {
    const gate = new Gate(3);
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (async () => {
          const place = new Place(gate);
          await place.take();
          inside += 1;
          most = Math.max(most, inside);
          await Promise.resolve();
          order.push(index);
          inside -= 1;
          place.giveBack();
          // A place that was given back already is not given back again.
          if (index % 5 === 0) place.giveBack();
        })(),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});
