// Processes that a killed launcher has left behind: they are in groups of their own and would hold ports and data.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 10_000;
const fileOf = (dataDir) => join(dataDir, 'processes.json');

/** @typedef {{pid: number, word: string}} Known process id, and a word of its command line by which it is known again */

/** Remembers who runs. Whoever reads it meanwhile sees it as it was or as it is. */
export function rememberProcesses(dataDir, processes) {
  const known = processes.filter(({ pid }) => pid !== undefined);
  writeFileSync(`${fileOf(dataDir)}.part`, JSON.stringify(known));
  renameSync(`${fileOf(dataDir)}.part`, fileOf(dataDir));
}

/** Ends what an earlier launcher of this data directory has left; its database is ended by whoever starts the next one. */
export async function endLeftOver(dataDir) {
  await end(remembered(dataDir).filter(isStill), 'SIGTERM');
}

/** @returns {{processes: Known[], database: Known[]}} what runs now of a launcher that is gone */
export function leftOver(dataDir) {
  return { processes: remembered(dataDir).filter(isStill), database: databaseIn(dataDir).filter(isStill) };
}

/** The database last, and without waiting for those who are connected to it. */
export async function endAll({ processes, database }) {
  await end(processes, 'SIGTERM');
  await end(database, 'SIGINT');
}

async function end(left, signal) {
  for (const each of left) send(each, signal);
  for (const deadline = Date.now() + WITHIN_MS; left.some(isStill) && Date.now() < deadline;) await sleep(50);
  for (const each of left.filter(isStill)) send(each, 'SIGKILL');
}

function remembered(dataDir) {
  return existsSync(fileOf(dataDir)) ? JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) : [];
}

/** The server names itself in its data, also after it was started again. */
function databaseIn(dataDir) {
  try {
    const [pid] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    return [{ pid: Number(pid), word: 'postgres' }];
  } catch {
    return [];
  }
}

/** A number may have been given to another program since: the command line tells. */
function isStill({ pid, word }) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
  } catch {
    return false;
  }
}

function send({ pid }, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
