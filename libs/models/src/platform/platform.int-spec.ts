import { openTestOrm, type TestOrm } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DefinitionKey, LogBatch, OutboxMessage, type EntityManager } from '../index.js';

describe('the tables that every service uses', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  it('refuses a key of a project that an experiment or a flag has', async () => {
    const projectId = randomUUID();
    em.create(DefinitionKey, { projectId, key: 'gate', kind: 'experiment', resourceId: randomUUID() });
    em.create(DefinitionKey, { projectId: randomUUID(), key: 'gate', kind: 'flag', resourceId: randomUUID() });
    await em.flush();
    const taken = test.fork();
    taken.create(DefinitionKey, { projectId, key: 'gate', kind: 'flag', resourceId: randomUUID() });
    await expect(taken.flush()).rejects.toMatchObject({ code: '23505', constraint: 'definition_keys_pkey' });
  });

  it('numbers the messages of the outbox in the order in which they were written', async () => {
    for (const key of ['a', 'b', 'c']) {
      em.create(OutboxMessage, { topic: 'flag.changed', key, envelope: { key } });
      await em.flush();
    }
    const messages = await test.fork().find(OutboxMessage, {}, { orderBy: { id: 'asc' } });
    expect(messages.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(messages.map(({ envelope }) => envelope)).toEqual([{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    expect(messages.every(({ id }) => Number.isSafeInteger(id))).toBe(true);
  });

  it('wakes whoever listens for the outbox once per statement, when the transaction commits', async () => {
    const listener = new pg.Client({ connectionString: test.url });
    await listener.connect();
    const heard: string[] = [];
    listener.on('notification', ({ channel }) => heard.push(channel));
    await listener.query('listen assay_outbox');
    const insert = `insert into experimentation.outbox (topic, key, envelope)
      select 't', n::text, '{}' from generate_series(1, 100) n`;
    await em.transactional(async (unit) => {
      await unit.execute(insert);
      await listener.query('select 1');
      expect(heard).toEqual([]);
    });
    await listener.query('select 1');
    expect(heard).toEqual(['assay_outbox']);
    await listener.end();
  });

  it('refuses a second batch at an offset of the log', async () => {
    const batch = {
      topic: 'event.accepted',
      partition: 0,
      baseOffset: 7,
      recordCount: 1,
      payload: Buffer.from('[{}]'),
    };
    em.create(LogBatch, batch);
    await em.flush();
    const twice = test.fork();
    twice.create(LogBatch, batch);
    await expect(twice.flush()).rejects.toMatchObject({ code: '23505', constraint: 'log_batches_pkey' });
  });

  it('stores the batches of the log as they come: they are compressed already', async () => {
    const [column] = await em.execute<{ storage: string }[]>(
      `select attstorage as storage from pg_attribute
       where attrelid = 'experimentation.log_batches'::regclass and attname = 'payload'`,
    );
    expect(column?.storage).toBe('e');
  });
});
