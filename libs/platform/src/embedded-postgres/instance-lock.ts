import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError, systemCode } from '../bootstrap/startup-error.js';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';

const ATTEMPTS = 20;

/**
 * One Assay process per data directory: a lock file with the holder's pid and start time. A holder that was killed with
 * -9 leaves the file; the next process sees that nobody with that start time runs and takes it over.
 */
export class InstanceLock {
  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {}

  /** @throws StartupError when a running process holds the directory. */
  static acquire(dataDir: string): InstanceLock {
    const file = join(dataDir, 'assay.lock');
    const content = JSON.stringify(thisProcess());
    const own = `${file}.${process.pid}`;
    writeFileSync(own, content, { mode: 0o644 });
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        if (linked(own, file)) return new InstanceLock(file, content);
        const found = readIfThere(file);
        if (found === undefined) continue;
        const holder = parseHolder(found);
        if (holder !== undefined && isRunning(holder)) {
          throw new StartupError(
            `Another Assay (process ${holder.pid}) uses the data directory ${dataDir}. Stop it first, or set ASSAY_DATA_DIR.`,
          );
        }
        removeStale(file, found);
      }
    } finally {
      rmSync(own, { force: true });
    }
    throw new StartupError(`The lock file ${file} cannot be taken over. Remove it when no Assay uses this directory.`);
  }

  release(): void {
    if (readIfThere(this.file) === this.content) rmSync(this.file, { force: true });
  }
}

/** Undefined for anything that no Assay wrote in full. */
export function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** `link` either makes the complete file or fails: nobody ever reads half a lock. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the stale lock aside; if another process has renewed it meanwhile, its lock is put back. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== stale) linked(aside, file);
  rmSync(aside, { force: true });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
