import { until } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { StaleBatchError } from '../consumer/log-context.js';
import type { Stage } from './log-contract.js';
import type { LogProcess } from './log-process.js';
import { notes, testTopic } from './test-topic.js';

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Effects that commit with their offset happen exactly once, whatever fails. */
export function describeExactlyOnce(stage: Stage): void {
  describe('exactly once', () => {
    it('applies every record once though handlers fail before, within and after their transaction', async () => {
      const topic = testTopic();
      const process = await stage.process([topic]);
      const apply = stage.effects(process);
      let call = 0;
      process
        .batch(
          topic,
          'flaky',
          async (batch, context) => {
            call += 1;
            const fate = (call * 7919) % 5;
            if (fate === 0) throw Object.assign(new Error('lost before'), { code: '40001' });
            await apply(batch, context);
            if (fate === 1) throw Object.assign(new Error('lost after commit'), { code: '40001' });
          },
          { maxBatch: 25 },
        )
        .listen();
      for (let index = 0; index < 20; index += 1) await process.producer.append(topic, notes(50, 20, index * 50));
      await until(async () => (await stage.applied('flaky')).length >= 1_000, '1,000 are applied');
      await sleep(200);
      expect(sorted(await stage.applied('flaky'))).toEqual(upTo(1_000));
    });

    it('applies every record once though processes are killed and others take over', async () => {
      const topic = testTopic();
      const writer = await stage.process([topic]);
      const join = async (): Promise<LogProcess> => {
        const process = await stage.process([topic]);
        const apply = stage.effects(process);
        return process
          .batch(
            topic,
            'killed',
            async (batch, context) => {
              await sleep(Math.random() * 8);
              await apply(batch, context);
            },
            { maxBatch: 20 },
          )
          .listen();
      };
      const consumers = [await join(), await join()];
      const writing = (async () => {
        for (let index = 0; index < 100; index += 1) {
          await writer.producer.append(topic, notes(20, 40, index * 20));
          await sleep(10);
        }
      })();
      for (let kills = 0; kills < 4; kills += 1) {
        await sleep(300 + Math.random() * 300);
        const victim = consumers.shift();
        consumers.push(await join());
        victim?.kill();
      }
      await writing;
      await until(async () => (await stage.applied('killed')).length >= 2_000, '2,000 are applied', 40_000);
      await sleep(300);
      expect(sorted(await stage.applied('killed'))).toEqual(upTo(2_000));
    });

    it('refuses the transaction of a consumer that has been overtaken', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      await process.producer.append(topic, notes(10));
      const refusals: unknown[] = [];
      let interfered = false;
      const apply = stage.effects(process);
      process
        .batch(topic, 'zombie', async (batch, context) => {
          if (!interfered) {
            interfered = true;
            // Another process has meanwhile applied the first four.
            await stage.sql(`UPDATE experimentation.consumer_offsets SET next_offset = 4 WHERE group_id = 'zombie'`);
          }
          try {
            await apply(batch, context);
          } catch (error) {
            refusals.push(error);
            throw error;
          }
        })
        .listen();
      await until(async () => (await stage.applied('zombie')).length >= 6, 'six are applied');
      expect(await stage.applied('zombie')).toEqual([4, 5, 6, 7, 8, 9]);
      expect(refusals).toEqual([expect.any(StaleBatchError)]);
      expect(await process.admin.committed('zombie', topic)).toEqual(new Map([[0, 10]]));
    });

    it('delivers again what a killed process had not stored, and nothing that it had', async () => {
      const topic = testTopic(1);
      const first = await stage.process([topic]);
      await first.producer.append(topic, notes(3));
      let reached = false;
      first
        .batch(topic, 'again', async (batch, context) => {
          if (batch.records[0]?.offset === 0) return stage.effects(first)(batch, context);
          reached = true;
          return new Promise<void>(() => undefined);
        })
        .listen();
      await until(async () => (await stage.applied('again')).length === 3, 'three are applied');
      await first.producer.append(topic, notes(2, 1, 3));
      await until(() => reached, 'the handler hangs');
      first.kill();
      const second = await stage.process([topic]);
      second.batch(topic, 'again', stage.effects(second)).listen();
      await until(async () => (await stage.applied('again')).length >= 5, 'five are applied');
      expect(await stage.applied('again')).toEqual([0, 1, 2, 3, 4]);
    });
  });
}
