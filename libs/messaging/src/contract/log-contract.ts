import { Logger } from '@nestjs/common';
import { createTestDatabase } from '@assay/testing';
import type { Topic } from '@assay/contracts';
import type { LogSettings } from '../log/log-options.js';
import type { LogContext } from '../consumer/log-context.js';
import type { LogBatch } from '../log/records.js';
import { describeExactlyOnce } from './exactly-once.contract.js';
import { describeFailures } from './failures.contract.js';
import { LogProcess, type MakeTransport } from './log-process.js';
import { describeOrder } from './order.contract.js';
import { describeOutages } from './outages.contract.js';
import { describeSharing } from './sharing.contract.js';
import type { Note } from './test-topic.js';

/** What a transport brings to the suite. */
export interface LogUnderTest {
  readonly make: MakeTransport;
  /** Puts text on a partition as it is, past the producer. */
  readonly appendRaw: (process: LogProcess, topic: Topic, text: string) => Promise<void>;
}

/** What the parts of the suite work with. */
export interface Stage {
  /** A started process; closed after the test. */
  process(topics: readonly Topic[], extra?: Partial<LogSettings>): Promise<LogProcess>;
  appendRaw(process: LogProcess, topic: Topic, text: string): Promise<void>;
  /** A handler that writes the batch's `n`s and its offset in one transaction. */
  effects(process: LogProcess): (batch: LogBatch<Note>, context: LogContext) => Promise<void>;
  /** The `n`s the group has written, in the order they were. */
  applied(group: string): Promise<number[]>;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** The contract of the log: every transport passes the same suite. */
export function describeLog(name: string, prepare: () => Promise<LogUnderTest>): void {
  describe(`the ${name} log`, () => {
    let url = '';
    let drop: () => Promise<void>;
    let subject: LogUnderTest;
    let running: LogProcess[] = [];
    let observer: LogProcess;

    const stage: Stage = {
      async process(topics, extra) {
        const started = await new LogProcess(url, subject.make, topics, extra).start();
        running.push(started);
        return started;
      },
      appendRaw: (process, topic, text) => subject.appendRaw(process, topic, text),
      effects: (process) => async (batch, context) => {
        const client = await process.pool.connect();
        try {
          await client.query('BEGIN');
          await client.query('INSERT INTO effects (grp, n) SELECT $1, unnest($2::int[])', [
            batch.group,
            batch.records.map(({ envelope }) => envelope.data.n),
          ]);
          await context.commitWithin(client);
          await client.query('COMMIT');
          client.release();
        } catch (error) {
          client.release(true);
          throw error;
        }
      },
      async applied(group) {
        const rows = await stage.sql('SELECT n FROM effects WHERE grp = $1 ORDER BY id', [group]);
        return rows.map((row) => Number(row['n']));
      },
      sql: async (text, values) => (await observer.pool.query<Record<string, unknown>>(text, values)).rows,
    };

    beforeAll(async () => {
      Logger.overrideLogger(false);
      const database = await createTestDatabase();
      url = database.url;
      drop = database.drop;
      subject = await prepare();
      observer = new LogProcess(url, subject.make, []);
      await stage.sql('CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, grp text, n int)');
    });
    afterEach(async () => {
      const ending = running;
      running = [];
      await Promise.all(ending.map((process) => process.close()));
    });
    afterAll(async () => {
      await observer.close();
      await drop();
    });

    describeOrder(stage);
    describeExactlyOnce(stage);
    describeFailures(stage);
    describeOutages(stage);
    describeSharing(stage);
  });
}
