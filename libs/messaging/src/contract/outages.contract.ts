import { until } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@assay/contracts';
import type { Stage } from './log-contract.js';
import { testTopic } from './test-topic.js';

/** Log and database out of reach for a while, without the process ending. */
export function describeOutages(stage: Stage): void {
  describe('outages', () => {
    it('says within five seconds that it cannot write, and loses nothing it has acknowledged', async () => {
      const topic = testTopic();
      const [writer, reader] = [await stage.process([topic]), await stage.process([topic])];
      reader.batch(topic, 'outages', stage.effects(reader)).listen();
      const acknowledged: number[] = [];
      const refusals: { error: unknown; afterMs: number }[] = [];
      let writing = true;
      const writers = Array.from({ length: 4 }, async (_, task) => {
        for (let n = task; writing; n += 4) {
          const since = performance.now();
          try {
            await writer.producer.append(topic, [{ key: `key-${task}`, data: { n } }]);
            acknowledged.push(n);
            await sleep(5);
          } catch (error) {
            refusals.push({ error, afterMs: performance.now() - since });
            await sleep(20);
          }
        }
      });
      for (const victim of [writer, reader]) {
        await sleep(300);
        victim.cut();
        await sleep(700);
        victim.heal();
      }
      await sleep(300);
      writer.cut();
      await until(() => refusals.length > 0, 'a writer has been refused', 6_000);
      writer.heal();
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 20, 'it writes again');
      writing = false;
      await Promise.all(writers);
      expect(refusals.length).toBeGreaterThan(0);
      for (const { error, afterMs } of refusals) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ kind: 'unavailable', retryAfter: 2 });
        expect(afterMs).toBeLessThan(5_000);
      }
      await until(async () => {
        const applied = new Set(await stage.applied('outages'));
        return acknowledged.every((n) => applied.has(n));
      }, 'all that was acknowledged is applied');
      // Each was sent once, so each is there at most once, acknowledged or not.
      const applied = await stage.applied('outages');
      expect(new Set(applied).size).toBe(applied.length);
    });

    it('follows a topic through an outage without a gap', async () => {
      const topic = testTopic(2);
      const [writer, reader] = [await stage.process([topic]), await stage.process([topic])];
      const seen: number[] = [];
      await reader.tail.subscribe(topic, ({ envelope }) => void seen.push(envelope.data.n));
      for (let n = 0; n < 30; n += 1) {
        if (n === 10) reader.cut();
        if (n === 20) reader.heal();
        await writer.producer.append(topic, [{ key: `key-${n}`, data: { n } }]);
        await sleep(20);
      }
      await until(() => seen.length >= 30, 'all were seen');
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    });
  });
}
