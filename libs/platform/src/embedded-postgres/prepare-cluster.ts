import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomSecret, readSecret, secretFile } from '../bootstrap/secret-file.js';
import { locateData, type DataLocation } from './data-location.js';
import { initialise, resetPassword } from './initialise.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { stopLeftOver } from './postmaster.js';
import { runnableBinaries } from './runnable-binaries.js';
import { chooseAccount } from './server-account.js';
import type { ServerPlan } from './server-process.js';

const LOG_LIMIT = 10 * 1024 * 1024;

export interface Cluster {
  readonly plan: ServerPlan;
  readonly password: string;
  /** The files were made just now and are not flushed to the disk yet. */
  readonly isNew: boolean;
}

/** Everything before the server starts: programs, account, place, files, password. Call it holding the instance lock. */
export async function prepareCluster(dataDir: string, say: (line: string) => void): Promise<Cluster> {
  const installed = findPostgresBinaries();
  const location = locateData(dataDir, installed.major, chooseAccount);
  const binaries = runnableBinaries(installed, location.account);
  const move = describeMove(installed, binaries, location);
  if (location.isNew && move !== undefined) say(move);
  const passwordFile = join(dataDir, 'postgres-password');
  if (location.isNew) {
    rmSync(passwordFile, { force: true });
    await initialise(binaries, location, secretFile(passwordFile, randomSecret));
  } else {
    await stopLeftOver(location.pgData);
    if (readSecret(passwordFile) === undefined)
      resetPassword(binaries, location, secretFile(passwordFile, randomSecret));
  }
  const logFile = join(dataDir, 'postgres.log');
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) rmSync(logFile);
  const plan = { binaries, account: location.account, pgData: location.pgData, logFile };
  return { plan, password: secretFile(passwordFile), isNew: location.isNew };
}

/** One line about files that had to go elsewhere. */
function describeMove(installed: PostgresBinaries, used: PostgresBinaries, location: DataLocation): string | undefined {
  const parts = [
    ...(installed.root === used.root ? [] : [`its programs are copied to ${used.root}`]),
    ...(location.link === undefined ? [] : [`its data are kept in ${location.pgData}, linked from ${location.link}`]),
  ];
  if (parts.length === 0) return undefined;
  return `PostgreSQL runs as user '${location.account?.name}', who cannot enter this folder: ${parts.join('; ')}.`;
}
