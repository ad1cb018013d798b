import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the broker of this test run is, or why there is none. */
export type TestBroker = { readonly brokers: string[] } | { readonly skip: string };

/** The broker that all test files of the run share; started by the first that asks, ended with the run. */
export function testBroker(): TestBroker {
  // A worker of Jest speaks to the process of the run, its parent.
  const run = process.connected ? process.ppid : process.pid;
  const output = execFileSync(
    process.execPath,
    [join(root(), 'tools/kafka/src/kafka.mjs'), 'ensure', '--run', String(run)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const answer = JSON.parse(output) as { brokers?: string; skip?: string };
  return answer.brokers === undefined
    ? { skip: answer.skip ?? 'no reason given' }
    : { brokers: answer.brokers.split(',') };
}

function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'nx.json'))) folder = dirname(folder);
  return folder;
}
