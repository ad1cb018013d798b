import { createHash } from 'node:crypto';
import { testBroker } from './test-broker.js';

/** The log as `LogModule.forRoot` takes it, without what belongs to the process. */
export type TestLog =
  | { readonly transport: 'postgres' }
  | {
      readonly transport: 'kafka';
      readonly kafka: { readonly brokers: readonly string[]; readonly clientId: string; readonly prefix: string };
    };

/**
 * The log that a process under test is to have: in its database, or on the broker of the run where `ASSAY_TEST_LOG=kafka`.
 * Processes on one database share their topics, others never do.
 *
 * @param databaseUrl of the process
 */
export function testLog(databaseUrl: string): TestLog {
  if (process.env['ASSAY_TEST_LOG'] !== 'kafka') return { transport: 'postgres' };
  const broker = testBroker();
  if ('skip' in broker) throw new Error(`ASSAY_TEST_LOG=kafka needs a broker, but ${broker.skip}.`);
  const prefix = `${createHash('sha256').update(databaseUrl).digest('hex').slice(0, 16)}.`;
  return { transport: 'kafka', kafka: { brokers: broker.brokers, clientId: 'test', prefix } };
}

/** The same for a process that is told by its environment. */
export function testLogEnvironment(dataDir: string): Readonly<Record<string, string>> {
  const log = testLog(dataDir);
  if (log.transport === 'postgres') return {};
  return { KAFKA_BROKERS: log.kafka.brokers.join(','), KAFKA_PREFIX: log.kafka.prefix };
}
