import { until } from '@assay/testing';
import { AppError } from '@assay/contracts';
import { Logger } from '@nestjs/common';
import type { Stage } from './log-contract.js';
import { notes, testTopic } from './test-topic.js';

/** The failure policy: outages are waited out in order, poison is put aside and can be sent again. */
export function describeFailures(stage: Stage): void {
  describe('failures', () => {
    it('puts aside only the record a batch handler fails on, and goes on', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const apply = stage.effects(process);
      process
        .batch(topic, 'poison', async (batch, context) => {
          if (batch.records.some(({ envelope }) => envelope.data.n % 40 === 17)) throw AppError.field('n', 'is cursed');
          await apply(batch, context);
        })
        .listen();
      await process.producer.append(
        topic,
        notes(100).map((note) => ({ ...note, scope: 'project-9' })),
      );
      await until(
        async () => (await process.admin.committed('poison', topic)).get(0) === 100,
        'the offset is past all',
      );
      const sound = Array.from({ length: 100 }, (_, n) => n).filter((n) => ![17, 57, 97].includes(n));
      expect(await stage.applied('poison')).toEqual(sound);
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual([17, 57, 97]);
      expect(items[0]).toMatchObject({
        group: 'poison',
        scope: 'project-9',
        error: 'n: is cursed',
        code: 'validation_failed',
        attempts: 3,
        status: 'dead',
      });
    });

    it('puts aside the record a single handler fails on, after as many tries as the policy says', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const tries: [number, number][] = [];
      process
        .single(topic, 'single', async ({ n }, context) => {
          tries.push([n, context.attempt]);
          await Promise.resolve();
          if (n === 1) throw new Error('cannot');
        })
        .listen();
      await process.producer.append(topic, notes(3, 1));
      await until(async () => (await process.admin.committed('single', topic)).get(0) === 3, 'the offset is past all');
      expect(tries).toEqual([
        [0, 1],
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 1],
      ]);
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items).toMatchObject([{ offset: 1, key: 'key-0', error: 'cannot', attempts: 3 }]);
    });

    it('tries again in order and without end while something is away', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      let failures = 0;
      const handled: number[] = [];
      process
        .single(topic, 'outage', async ({ n }) => {
          await Promise.resolve();
          if (n === 2 && failures < 12) {
            failures += 1;
            throw AppError.unavailable('away');
          }
          handled.push(n);
        })
        .listen();
      await process.producer.append(topic, notes(6, 1));
      await until(() => handled.length >= 6, 'all are handled');
      expect(handled).toEqual([0, 1, 2, 3, 4, 5]);
      expect((await process.deadLetters.list({ topic: topic.name })).items).toEqual([]);
    });

    it('puts aside messages nobody can read, with the reason, and handles those around them', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const envelope = {
        specversion: '1.0',
        id: 'x',
        type: topic.type,
        source: 's',
        time: 't',
        subject: 'key',
        data: { n: 7 },
      };
      await process.producer.append(topic, notes(1, 1, 0));
      await stage.appendRaw(process, topic, '{"specversion":"1.0", broken');
      await stage.appendRaw(process, topic, '42');
      await stage.appendRaw(process, topic, JSON.stringify({ ...envelope, specversion: '2.0' }));
      await stage.appendRaw(process, topic, JSON.stringify({ ...envelope, type: 'somebody.else' }));
      await stage.appendRaw(process, topic, JSON.stringify({ ...envelope, data: { n: 'seven' } }));
      await process.producer.append(topic, notes(1, 1, 1));
      process.batch(topic, 'malformed', stage.effects(process)).listen();
      await until(async () => (await stage.applied('malformed')).length === 2, 'both are applied');
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items.reverse().map(({ offset, code, attempts }) => ({ offset, code, attempts }))).toEqual([
        { offset: 1, code: 'not_json', attempts: 1 },
        { offset: 2, code: 'not_an_envelope', attempts: 1 },
        { offset: 3, code: 'wrong_version', attempts: 1 },
        { offset: 4, code: 'wrong_type', attempts: 1 },
        { offset: 5, code: 'schema_mismatch', attempts: 1 },
      ]);
      expect(items[4]?.error).toMatch(/^data\.n: /);
      expect((await process.deadLetters.show(items[0]?.id ?? '')).payload).toBe('{"specversion":"1.0", broken');
      await expect(process.deadLetters.replay(items[0]?.id ?? '')).rejects.toMatchObject({ code: 'not_replayable' });
    });

    it('reads the data of a hot topic as its handler says, and puts aside the whole message where that fails', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const read = (data: unknown): { n: number } | undefined => {
        const { n } = data as { n: number };
        return n === 3 ? undefined : { n: n * 10 };
      };
      const handled: unknown[] = [];
      process
        .batch(
          topic,
          'hot',
          async (batch) => {
            await Promise.resolve();
            if (batch.records.some(({ data }) => data.n === 20)) throw AppError.field('n', 'is cursed');
            handled.push(...batch.records.map(({ offset, key, data, envelope }) => [offset, key, data.n, envelope.id]));
          },
          { read },
        )
        .listen();
      const ids = ['zero', 'one', 'two', 'three', 'four'];
      await process.producer.append(
        topic,
        ids.map((id, n) => ({ key: 'käthe', scope: 'project-9', data: { n }, id })),
      );
      await until(async () => (await process.admin.committed('hot', topic)).get(0) === 5, 'the offset is past all');
      expect(handled).toEqual([
        [0, 'käthe', 0, 'zero'],
        [1, 'käthe', 10, 'one'],
        [4, 'käthe', 40, 'four'],
      ]);
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items.map(({ offset, code, scope }) => ({ offset, code, scope })).sort(byOffset)).toEqual([
        { offset: 2, code: 'validation_failed', scope: 'project-9' },
        { offset: 3, code: 'schema_mismatch', scope: 'project-9' },
      ]);
      for (const { id, offset } of items) {
        const { payload } = await process.deadLetters.show(id);
        expect(JSON.parse(payload)).toMatchObject({ id: ids[offset], subject: 'käthe', data: { n: offset } });
      }
    });

    it('sends a dead letter again, once, and forgets a discarded one', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      let cursed = true;
      const handled: string[] = [];
      process
        .batch(topic, 'replay', async (batch) => {
          await Promise.resolve();
          if (cursed) throw new Error('cursed');
          handled.push(...batch.records.map(({ envelope }) => envelope.id));
        })
        .listen();
      await process.producer.append(topic, [
        { key: 'a', data: { n: 1 }, id: 'one' },
        { key: 'a', data: { n: 2 }, id: 'two' },
      ]);
      await until(async () => (await process.deadLetters.counts()).get(topic.name) === 2, 'both are dead');
      cursed = false;
      const { items } = await process.deadLetters.list({ topic: topic.name, status: 'dead' });
      const [two, one] = items;
      await process.deadLetters.replay(one?.id ?? '');
      await expect(process.deadLetters.replay(one?.id ?? '')).rejects.toMatchObject({ kind: 'conflict' });
      await process.deadLetters.discard(two?.id ?? '');
      await expect(process.deadLetters.replay(two?.id ?? '')).rejects.toMatchObject({ code: 'already_settled' });
      await until(() => handled.length > 0, 'it was handled');
      expect(handled).toEqual(['one']);
      expect((await process.deadLetters.show(one?.id ?? '')).status).toBe('replayed');
      expect((await process.deadLetters.counts()).get(topic.name)).toBeUndefined();
    });

    it('a tail passes over what cannot be read, and says why without what it holds', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      const said: unknown[] = [];
      const say = (...words: unknown[]): void => void said.push(words);
      Logger.overrideLogger({ log: say, warn: say, error: say });
      const seen: number[] = [];
      await process.tail.subscribe(topic, ({ envelope }) => void seen.push(envelope.data.n));
      await stage.appendRaw(process, topic, 'ada@example.org');
      await process.producer.append(topic, notes(1));
      await until(() => seen.length === 1, 'what comes after it is seen');
      Logger.overrideLogger(false);
      expect(JSON.stringify(said)).toContain('not_json');
      expect(JSON.stringify(said)).not.toContain('ada@');
    });

    it('pages through dead letters', async () => {
      const topic = testTopic(1);
      const process = await stage.process([topic]);
      for (let index = 0; index < 5; index += 1) await stage.appendRaw(process, topic, `nonsense ${index}`);
      process.batch(topic, 'pages', stage.effects(process)).listen();
      await until(async () => (await process.deadLetters.counts()).get(topic.name) === 5, 'five are dead');
      const first = await process.deadLetters.list({ topic: topic.name, limit: 3 });
      const second = await process.deadLetters.list({ topic: topic.name, limit: 3, cursor: first.nextCursor ?? '' });
      expect([...first.items, ...second.items].map(({ offset }) => offset)).toEqual([4, 3, 2, 1, 0]);
      expect(second.nextCursor).toBeNull();
    });
  });
}

const byOffset = (a: { offset: number }, b: { offset: number }): number => a.offset - b.offset;
