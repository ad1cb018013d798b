import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../process/repository-root.js';

/** Where the broker of this test run is, or why there is none. */
export type TestBroker = { readonly brokers: string[] } | { readonly skip: string };

/**
 * The broker that all test files of the run share; started by the first that asks, ended with the run.
 *
 * @throws when there can be none and `ASSAY_REQUIRE_KAFKA=1` says that there has to be one, as in CI.
 */
export function testBroker(): TestBroker {
  // A worker of Jest speaks to the process of the run, its parent.
  const run = process.connected ? process.ppid : process.pid;
  const output = execFileSync(
    process.execPath,
    [join(repositoryRoot(), 'tools/kafka/src/kafka.mjs'), 'ensure', '--run', String(run)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const answer = JSON.parse(output) as { brokers?: string; skip?: string };
  if (answer.brokers !== undefined) return { brokers: answer.brokers.split(',') };
  const skip = answer.skip ?? 'no reason given';
  if (process.env['ASSAY_REQUIRE_KAFKA'] === '1') {
    throw new Error(`Kafka tests must not be skipped here (ASSAY_REQUIRE_KAFKA=1), but ${skip}.`);
  }
  return { skip };
}

/** The brokers as `KAFKA_BROKERS` takes them; undefined, after one line that says why, where there can be none. */
export function brokersOrSkip(what: string): string | undefined {
  const broker = testBroker();
  if (!('skip' in broker)) return broker.brokers.join(',');
  process.stderr.write(`No Kafka here (${broker.skip}): ${what} are skipped.\n`);
  return undefined;
}
