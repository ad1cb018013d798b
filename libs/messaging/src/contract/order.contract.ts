import { until } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './log-contract.js';
import { notes, testTopic } from './test-topic.js';

/** Order, completeness, and how soon records arrive. */
export function describeOrder(stage: Stage): void {
  describe('order and completeness', () => {
    it('keeps the order of each key and loses nothing while many append at once', async () => {
      const topic = testTopic();
      const writers = [await stage.process([topic]), await stage.process([topic])];
      const reader = await stage.process([topic]);
      const seen = new Map<string, number[]>();
      let count = 0;
      reader
        .batch(topic, 'order', async (batch) => {
          for (const { key, envelope } of batch.records) {
            seen.set(key, [...(seen.get(key) ?? []), envelope.data.n]);
            count += 1;
          }
          await Promise.resolve();
        })
        .listen();
      // 20 tasks of 2 processes, each with two keys of its own, 40 appends of 1 to 3 records each.
      await Promise.all(
        Array.from({ length: 20 }, async (_, task) => {
          for (let step = 0; step < 40; step += 1) {
            const key = `task-${task}-${step % 2}`;
            const records = Array.from({ length: 1 + (step % 3) }, (__, index) => ({
              key,
              data: { n: step * 10 + index },
            }));
            await writers[task % 2]?.producer.append(topic, records);
          }
        }),
      );
      await until(() => count >= 1_580, 'all 1,580 records were seen');
      expect(count).toBe(1_580);
      expect(seen.size).toBe(40);
      for (const order of seen.values()) expect(order).toEqual([...order].sort((a, b) => a - b));
    });

    it('gives the records of a partition offsets without gaps, in the order they were appended', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const offsets: number[] = [];
      const order: number[] = [];
      process
        .batch(topic, 'offsets', async (batch) => {
          offsets.push(...batch.records.map(({ offset }) => offset));
          order.push(...batch.records.map(({ envelope }) => envelope.data.n));
          await Promise.resolve();
        })
        .listen();
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => process.producer.append(topic, notes(10, 3, index * 10))),
      );
      await until(() => order.length >= 500, '500 records were seen');
      expect(offsets).toEqual(Array.from({ length: 500 }, (_, index) => index));
      expect(order).toEqual(Array.from({ length: 500 }, (_, index) => index));
      expect(await process.admin.ends(topic)).toEqual([{ partition: 0, earliest: 0, next: 500 }]);
    });

    it('takes more of one partition at once than a broker takes as one batch, and keeps its order', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const order: number[] = [];
      process
        .batch(topic, 'long', async (batch) => {
          order.push(...batch.records.map(({ envelope }) => envelope.data.n));
          await Promise.resolve();
        })
        .listen();
      const text = 'ж'.repeat(2_500);
      const long = notes(600, 1).map(({ key, data }) => ({ key, data: { ...data, text } }));
      await Promise.all([process.producer.append(topic, long), process.producer.append(topic, notes(10, 1, 600))]);
      await until(() => order.length >= 610, 'all 610 records were seen');
      expect(order).toEqual(Array.from({ length: 610 }, (_, index) => index));
    });

    it('relays as much of the outbox, in order', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const order: number[] = [];
      process
        .batch(topic, 'outbox', async (batch) => {
          order.push(...batch.records.map(({ envelope }) => envelope.data.n));
          await Promise.resolve();
        })
        .listen();
      const text = 'x'.repeat(10_000);
      for (let n = 0; n < 500; n += 1) await process.outbox.add(process.pool, topic, { key: 'k', data: { n, text } });
      process.relay.start();
      await until(() => order.length >= 500, 'all 500 records were seen');
      expect(order).toEqual(Array.from({ length: 500 }, (_, index) => index));
      expect(await process.relay.backlog()).toEqual({ messages: 0, ageSeconds: 0 });
    });

    it('refuses a record that is too long in bytes, alone and before anything is sent', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const tooLong = { key: 'k', data: { n: 1, text: 'ж'.repeat(450_000) } };
      const fits = { key: 'k', data: { n: 2, text: 'ж'.repeat(449_000) } };
      const refused = {
        code: 'payload_too_large',
        message: expect.stringMatching(/^A message of 900\d{3} bytes does not fit: 900000 at most\.$/) as string,
      };
      const results = await Promise.allSettled([
        process.producer.append(topic, [fits]),
        process.producer.append(topic, [{ key: 'k', data: { n: 0 } }, tooLong]),
        process.outbox.add(process.pool, topic, tooLong),
        process.producer.append(topic, notes(3, 1)),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      for (const result of [results[1], results[2]]) {
        expect(result?.status === 'rejected' ? result.reason : undefined).toMatchObject(refused);
      }
      expect(await process.admin.ends(topic)).toEqual([{ partition: 0, earliest: 0, next: 4 }]);
    });

    it('hands on the envelope as it was written', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const data = { n: 1, text: 'quote " backslash \\ null \u0000 ключ 😀 lone \uD800 end\n' };
      const envelopes: unknown[] = [];
      process
        .batch(topic, 'envelope', async (batch) => {
          envelopes.push(...batch.records.map(({ envelope }) => envelope));
          await Promise.resolve();
        })
        .listen();
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await process.producer.append(topic, [{ key: 'ключ', scope: 'project-1', data, id: 'id-1', traceparent }]);
      await until(() => envelopes.length === 1, 'the record was seen');
      expect(envelopes[0]).toEqual({
        specversion: '1.0',
        id: 'id-1',
        type: topic.type,
        source: '/assay/test',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        subject: 'ключ',
        datacontenttype: 'application/json',
        scope: 'project-1',
        traceparent,
        data,
      });
    });

    it('delivers batches no larger than asked for', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      await process.producer.append(topic, notes(95));
      const sizes: number[] = [];
      process
        .batch(topic, 'sizes', async (batch) => void sizes.push(await Promise.resolve(batch.records.length)), {
          maxBatch: 10,
        })
        .listen();
      await until(() => sizes.reduce((sum, size) => sum + size, 0) === 95, 'all were seen');
      expect(Math.max(...sizes)).toBe(10);
    });

    it('starts a new group with the earliest record, and goes on where it stopped', async () => {
      const topic = testTopic();
      const process = await stage.process([topic]);
      await process.producer.append(topic, notes(30));
      process.batch(topic, 'resume', stage.effects(process)).listen();
      await until(async () => (await stage.applied('resume')).length === 30, '30 are applied');
      await process.close();
      const next = await stage.process([topic]);
      await next.producer.append(topic, notes(20, 20, 30));
      next.batch(topic, 'resume', stage.effects(next)).listen();
      await until(async () => (await stage.applied('resume')).length >= 50, '50 are applied');
      await sleep(100);
      expect((await stage.applied('resume')).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index),
      );
    });

    it('wakes an idle consumer promptly', async () => {
      const topic = testTopic();
      const [writer, reader] = [await stage.process([topic]), await stage.process([topic])];
      const waits: number[] = [];
      reader
        .single(topic, 'latency', async (note) => void waits.push(await Promise.resolve(performance.now() - note.n)))
        .listen();
      for (let index = 1; index <= 15; index += 1) {
        await writer.producer.append(topic, [{ key: `k${index}`, data: { n: performance.now() } }]);
        await until(() => waits.length >= index, 'it was seen');
      }
      const median = waits.slice(5).sort((a, b) => a - b)[5] ?? Infinity;
      expect(median).toBeLessThan(300);
    });
  });
}
