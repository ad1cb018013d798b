// Processes that a killed launcher has left behind: they are in groups of their own and would hold ports and data.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const fileOf = (dataDir) => join(dataDir, 'processes.json');

/** Remembers who runs: process id and a word of its command line by which it is known again. */
export function rememberProcesses(dataDir, processes) {
  writeFileSync(fileOf(dataDir), JSON.stringify(processes.filter(({ pid }) => pid !== undefined)));
}

/** Ends what an earlier launcher of this data directory has left. */
export async function endLeftOver(dataDir) {
  if (!existsSync(fileOf(dataDir))) return;
  const left = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')).filter(isStill);
  for (const { pid } of left) process.kill(pid, 'SIGTERM');
  for (const deadline = Date.now() + 10_000; left.some(isStill) && Date.now() < deadline;) await sleep(50);
  for (const each of left.filter(isStill)) process.kill(each.pid, 'SIGKILL');
}

/** A number may have been given to another program since: the command line tells. */
function isStill({ pid, word }) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
  } catch {
    return false;
  }
}
