// The broker's jars: fetched once by Maven into a cache outside the repository.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const KAFKA_VERSION = '4.1.0';

/** @returns {string} the folder that holds the jars, or will */
export function jarFolder() {
  const cache =
    process.env['ASSAY_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay');
  return join(cache, `kafka-${KAFKA_VERSION}`);
}

/** Why there can be no broker on this machine, in one line; undefined when there can. */
export function missing() {
  if (!works('java', ['-version'])) return 'there is no Java (17 or newer) on the PATH';
  if (!existsSync(jarFolder()) && !works('mvn', ['-version']))
    return 'there is no Maven on the PATH to fetch the broker with';
  return undefined;
}

/**
 * Fetches the jars unless they are there. Two runs may do it at once: the first to finish wins.
 *
 * @returns {Promise<string>} their folder
 */
export async function fetchJars() {
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  const pom = join(dirname(fileURLToPath(import.meta.url)), '..', 'pom.xml');
  const target = ['dependency:copy-dependencies', `-DoutputDirectory=${draft}`];
  await run('mvn', ['-q', '-B', '-f', pom, ...target]);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a command to its end; its output is part of the error. */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}:\n${output}`)),
    );
  });
}
