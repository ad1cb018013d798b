// One broker for a whole test run: whoever asks first starts it, all others use it, and it ends with the run.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { missing } from './jars.mjs';

const WITHIN_MS = 180_000;

/**
 * @param {number} runPid the process the broker lives and dies with
 * @returns {Promise<{brokers: string} | {skip: string}>} where it is, or why there is none
 */
export async function ensureBroker(runPid) {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return { brokers: given };
  const reason = missing();
  if (reason !== undefined) return { skip: reason };
  const folder = join(tmpdir(), `assay-test-kafka-${runPid}`);
  const state = join(folder, 'state.json');
  removeIfStale(folder, state);
  if (mkdirSync(folder, { recursive: true }) !== undefined) spawnKeeper(folder, state, runPid);
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(50)) {
    if (existsSync(state)) return { brokers: read(state).brokers };
    if (existsSync(`${state}.failed`)) break;
  }
  throw new Error(`the test broker did not start: see ${join(folder, 'keeper.log')}`);
}

function spawnKeeper(folder, state, runPid) {
  const script = join(fileURLToPath(import.meta.url), '..', 'kafka.mjs');
  const output = openSync(join(folder, 'keeper.log'), 'a');
  const args = [
    script,
    'run',
    '--data',
    join(folder, 'data'),
    '--while',
    String(runPid),
    '--announce',
    state,
    '--remove',
    folder,
  ];
  spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] }).unref();
}

/** A folder whose keeper was killed outright belongs to an earlier run that had the same process id. */
function removeIfStale(folder, state) {
  if (existsSync(state) && !isAlive(read(state).pid)) rmSync(folder, { recursive: true, force: true });
}

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
