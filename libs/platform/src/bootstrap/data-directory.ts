import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError, systemCode } from './startup-error.js';

/**
 * Makes sure that a directory for data is there and can be used.
 *
 * @returns its absolute path.
 * @throws StartupError that says what is wrong with it.
 */
export function prepareDataDirectory(path: string): string {
  const directory = resolve(path);
  try {
    const made = mkdirSync(directory, { recursive: true });
    // Passing through is allowed to others, so that a server of another user gets to its folder; listing is not.
    if (made !== undefined) chmodSync(directory, 0o711);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return directory;
  } catch (error) {
    const reason = REASONS[systemCode(error)] ?? (error instanceof Error ? error.message : String(error));
    throw new StartupError(
      `The data directory ${directory} cannot be used: ${reason}. Check it, or set ASSAY_DATA_DIR.`,
      { cause: error },
    );
  }
}

const REASONS: Record<string, string> = {
  EACCES: 'this user has no right to read and write it',
  EPERM: 'this user has no right to read and write it',
  EROFS: 'it is on a read-only file system',
  ENOTDIR: 'part of the path is a file',
  EEXIST: 'it is a file',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links lead in a circle',
};
