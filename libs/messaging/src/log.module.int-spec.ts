import { randomUUID } from 'node:crypto';
import { eventRejected, type RejectedEvent } from '@assay/contracts';
import { Clock, DatabaseModule, Metrics, SystemClock } from '@assay/platform';
import { createTestDatabase, testBroker, type TestDatabase, until } from '@assay/testing';
import { MikroORM } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Controller, Global, Injectable, Logger, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { LogContext } from './consumer/log-context.js';
import { LogHandler } from './consumer/log-handler.decorator.js';
import { LogServer } from './consumer/log-server.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import type { LogSettings } from './log/log-options.js';
import { LogProducer } from './log/log-producer.js';
import { LogModule } from './log.module.js';
import type { LogBatch } from './log/records.js';
import { Outbox } from './outbox/outbox.js';

@Injectable()
class Seen {
  readonly by: string[] = [];
}

@Controller()
class RejectedController {
  constructor(private readonly seen: Seen) {}

  @LogHandler(eventRejected, { group: 'single', mode: 'single' })
  async one(data: RejectedEvent, context: LogContext): Promise<void> {
    await Promise.resolve();
    if (data.id === 'bad') throw new TypeError('the handler does not like it');
    this.seen.by.push(`single ${data.id} ${context.topic}`);
  }

  @LogHandler(eventRejected, { group: 'batch', mode: 'batch', maxBatch: 10 })
  async many(batch: LogBatch<RejectedEvent>): Promise<void> {
    await Promise.resolve();
    for (const { envelope } of batch.records) this.seen.by.push(`batch ${envelope.data.id} ${envelope.source}`);
  }
}

@Global()
@Module({ providers: [Metrics, { provide: Clock, useClass: SystemClock }], exports: [Clock, Metrics] })
class ClockModule {}

type Transport = Pick<LogSettings, 'transport' | 'kafka'>;

async function start(url: string, transport: Transport): Promise<INestApplication> {
  @Module({
    imports: [
      ClockModule,
      DatabaseModule.forRoot({ url, poolSize: 8, applicationName: 'test', entities: [] }),
      LogModule.forRoot({
        ...transport,
        source: '/assay/test',
        topics: [eventRejected],
        failure: { retry: { baseMs: 5, capMs: 10 } },
      }),
    ],
    providers: [Seen],
    controllers: [RejectedController],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: app.get(LogServer) });
  await app.startAllMicroservices();
  await app.init();
  return app;
}

const rejected = (id: string): RejectedEvent => ({ id, projectId: 'p', code: 'c', message: 'm', payload: null, at: 1 });

const broker = testBroker();
const transports: Transport[] = [{ transport: 'postgres' }];
if ('skip' in broker) process.stderr.write(`LogModule is not tested with Kafka here: ${broker.skip}.\n`);
else {
  // A prefix of its own, because all test files share the broker.
  const prefix = `${randomUUID()}.`;
  transports.push({ transport: 'kafka', kafka: { brokers: broker.brokers, clientId: 'assay-test', prefix } });
}

describe.each(transports)('LogModule in a Nest application ($transport)', (transport) => {
  let database: TestDatabase;
  let app: INestApplication;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await createTestDatabase();
    app = await start(database.url, transport);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('runs the handlers of several groups, each with its data and context', async () => {
    const seen = app.get(Seen);
    await app.get(LogProducer).append(eventRejected, [{ key: 'p', data: rejected('e1') }]);
    await until(() => seen.by.length === 2, 'both groups have seen it');
    expect([...seen.by].sort()).toEqual([`batch e1 /assay/test`, `single e1 ${eventRejected.name}`]);
    expect(app.get(LogServer).assignments()).toEqual(
      new Map([
        [`${eventRejected.name}#single`, [0]],
        [`${eventRejected.name}#batch`, [0]],
      ]),
    );
  });

  it('knows a handler’s own error, not Nest’s replacement for it', async () => {
    await app.get(LogProducer).append(eventRejected, [{ key: 'p', data: rejected('bad') }]);
    const letters = app.get(DeadLetters);
    await until(async () => (await letters.counts()).get(eventRejected.name) === 1, 'it is dead');
    expect((await letters.list()).items).toMatchObject([
      { group: 'single', error: 'the handler does not like it', code: 'TypeError', attempts: 3 },
    ]);
  });

  it('publishes a message of the outbox after the commit of its transaction, and none of a rolled back one', async () => {
    const seen = app.get(Seen);
    const em = app.get(MikroORM).em.fork() as EntityManager;
    const outbox = app.get(Outbox);
    const odd = "quote ' question ? $1 backslash \\ end";
    await em.transactional((tx) => outbox.add(tx, eventRejected, { key: odd, scope: 'p', data: rejected(odd) }));
    await expect(
      em.transactional(async (tx) => {
        await outbox.add(tx, eventRejected, { key: 'p', data: rejected('rolled back') });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await em.transactional((tx) => outbox.add(tx, eventRejected, { key: 'p', data: rejected('last') }));
    await until(() => seen.by.filter((line) => line.includes(' last ')).length === 2, 'both have seen the last');
    expect(seen.by).toContain(`batch ${odd} /assay/test`);
    expect(seen.by.some((line) => line.includes('rolled back'))).toBe(false);
    await expect(outbox.add(em, eventRejected, { key: 'p', data: rejected('x') })).rejects.toThrow(/transactional/);
  });

  it('ends cleanly and starts again where it was', async () => {
    await app.close();
    app = await start(database.url, transport);
    const seen = app.get(Seen);
    await app.get(LogProducer).append(eventRejected, [{ key: 'p', data: rejected('after') }]);
    await until(() => seen.by.length >= 2, 'both groups have seen it');
    expect([...seen.by].sort()).toEqual([`batch after /assay/test`, `single after ${eventRejected.name}`]);
  });
});
