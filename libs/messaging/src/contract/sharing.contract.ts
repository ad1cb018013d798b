import { until } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './log-contract.js';
import type { LogProcess } from './log-process.js';
import { notes, testTopic, type Note } from './test-topic.js';

const partitionsOf = (process: LogProcess): number[] => [...process.server.assignments().values()].flat();

/** Groups, processes of a group, tails, and the end of a process. */
export function describeSharing(stage: Stage): void {
  describe('groups and processes', () => {
    it('shows every record to each of two groups in one process', async () => {
      const topic = testTopic();
      const process = await stage.process([topic]);
      process.batch(topic, 'left', stage.effects(process)).batch(topic, 'right', stage.effects(process)).listen();
      await process.producer.append(topic, notes(200));
      for (const group of ['left', 'right']) {
        await until(async () => (await stage.applied(group)).length >= 200, `${group} has all`);
        expect((await stage.applied(group)).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
      }
    });

    it('refuses two handlers of one group for one topic', async () => {
      const topic = testTopic();
      const process = await stage.process([topic]);
      process.batch(topic, 'twice', stage.effects(process)).batch(topic, 'twice', stage.effects(process));
      expect(() => process.listen()).toThrow(/two handlers/);
    });

    it('divides the partitions over the processes, and hands them over when one leaves or is killed', async () => {
      const topic = testTopic(8);
      const join = async (): Promise<LogProcess> => {
        const process = await stage.process([topic]);
        return process.batch(topic, 'shared', stage.effects(process)).listen();
      };
      const all = (...processes: LogProcess[]): boolean =>
        [...processes.flatMap(partitionsOf)].sort().join() === '0,1,2,3,4,5,6,7';
      const one = await join();
      await until(() => all(one), 'one has all');
      const two = await join();
      await until(() => all(one, two) && partitionsOf(one).length === 4, 'they have four each');
      const three = await join();
      await until(
        () => all(one, two, three) && [one, two, three].every((process) => partitionsOf(process).length <= 3),
        'nobody has more than three',
      );
      await one.producer.append(topic, notes(400));
      const before = Date.now();
      two.kill();
      await until(() => all(one, three), 'two are left');
      // A broker notices a silent member by its session timeout; the PostgreSQL log at once.
      expect(Date.now() - before).toBeLessThan(15_000);
      await one.close();
      await until(() => all(three), 'one is left');
      await until(async () => (await stage.applied('shared')).length >= 400, 'all are applied');
      expect((await stage.applied('shared')).sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, n) => n));
    });

    it('lets a handler at work finish when the process ends, and delivers nothing again', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const handled: number[] = [];
      const handler = async ({ n }: Note): Promise<void> => {
        await sleep(150);
        handled.push(n);
      };
      process.single(topic, 'ending', handler).listen();
      await process.producer.append(topic, notes(40, 1));
      await until(() => handled.length >= 2, 'it has begun');
      await process.close();
      const until1 = handled.length;
      expect(until1).toBeLessThan(40);
      const next = await stage.process([topic]);
      next.single(topic, 'ending', async ({ n }) => void handled.push(await Promise.resolve(n))).listen();
      await until(() => handled.length >= 40, 'all were handled');
      expect(handled).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it('counts what is pending per project', async () => {
      const topic = testTopic(2);
      const process = await stage.process([topic]);
      await process.producer.append(topic, [
        ...notes(30).map((note) => ({ ...note, scope: 'a' })),
        ...notes(12).map((note) => ({ ...note, scope: 'b' })),
        ...notes(5),
      ]);
      expect(await process.admin.pendingByScope('pending', topic)).toEqual(
        new Map([
          ['a', 30],
          ['b', 12],
          ['', 5],
        ]),
      );
      expect((await process.admin.lag('pending', topic)).reduce((sum, { lag }) => sum + lag, 0)).toBe(47);
      process.batch(topic, 'pending', stage.effects(process), { maxBatch: 7 }).listen();
      await until(async () => (await stage.applied('pending')).length === 47, 'all are applied');
      expect(await process.admin.pendingByScope('pending', topic)).toEqual(new Map());
      expect((await process.admin.lag('pending', topic)).every(({ lag }) => lag === 0)).toBe(true);
    });

    it('shows a tail in every process all that is appended from now on', async () => {
      const topic = testTopic(2);
      const [one, two] = [await stage.process([topic]), await stage.process([topic])];
      await one.producer.append(topic, notes(10, 10, 100));
      const seen: number[][] = [[], []];
      const stop = await one.tail.subscribe(topic, ({ envelope }) => void seen[0]?.push(envelope.data.n));
      let failed = false;
      await two.tail.subscribe(topic, async ({ envelope }) => {
        await Promise.resolve();
        if (envelope.data.n === 3 && !failed) {
          failed = true;
          throw new Error('once');
        }
        seen[1]?.push(envelope.data.n);
      });
      await one.producer.append(topic, notes(20, 10));
      await until(() => seen.every((list) => list.length >= 20), 'both have seen all');
      for (const list of seen) expect(list.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
      await stop();
      await one.producer.append(topic, notes(1, 1, 50));
      await until(() => seen[1]?.length === 21, 'the other has seen it');
      expect(seen[0]).toHaveLength(20);
    });
  });
}
