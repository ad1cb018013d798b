import { execFile, spawn, spawnSync } from 'node:child_process';
import { chownSync, renameSync, rmSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { StartupError, systemCode } from '../bootstrap/startup-error.js';
import { unfinishedName, type DataLocation } from './data-location.js';
import { programOf, type PostgresBinaries } from './postgres-binaries.js';
import { runAs, type ServerAccount } from './server-account.js';
import type { ServerPlan } from './server-process.js';

export const SUPERUSER = 'assay';

/**
 * Makes a new cluster beside its final name and gives it that name when it is complete: a process killed meanwhile
 * leaves nothing that looks like a database.
 */
export async function initialise(binaries: PostgresBinaries, location: DataLocation, password: string): Promise<void> {
  const folder = unfinishedName(location.pgData);
  const passwordFile = `${folder}.password`;
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    if (location.account !== undefined) chownSync(passwordFile, location.account.uid, location.account.gid);
    // Files are flushed in the background once the server runs (`flush`): it saves a second and a half.
    const args = [
      '-D',
      folder,
      '-U',
      SUPERUSER,
      '--pwfile',
      passwordFile,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--no-instructions',
      '--no-sync',
    ];
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const complaint = await run(programOf(binaries, 'initdb'), [...args, ...locale], location.account);
    if (complaint !== undefined)
      throw new StartupError(`The database in ${location.pgData} could not be made: ${complaint}`);
    removeEmpty(location.pgData);
    renameSync(folder, location.pgData);
    if (location.link !== undefined) {
      removeEmpty(location.link);
      symlinkSync(location.pgData, location.link);
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Writes every file of a new cluster through to the disk, beside the running server. */
export function flush(plan: ServerPlan): void {
  const args = ['--sync-only', '-D', plan.pgData];
  const child = spawn(programOf(plan.binaries, 'initdb'), args, { ...runAs(plan.account), stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}

/** Gives the superuser of a stopped server a new password, when the file with the old one is gone. */
export function resetPassword(binaries: PostgresBinaries, location: DataLocation, password: string): void {
  const input = `ALTER ROLE ${SUPERUSER} PASSWORD '${password}';\n`;
  const args = ['--single', '-D', location.pgData, 'postgres'];
  const done = spawnSync(programOf(binaries, 'postgres'), args, {
    ...runAs(location.account),
    input,
    encoding: 'utf8',
  });
  if (done.status !== 0)
    throw new StartupError(
      `The password of the database in ${location.pgData} is lost and could not be set anew: ${done.stderr.trim()}`,
    );
}

function run(command: string, args: string[], account: ServerAccount | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { ...runAs(account), encoding: 'utf8' }, (error, _out, complaints) => {
      const lines = complaints.split('\n').filter((line) => /error|fatal|could not/i.test(line));
      resolve(error === null ? undefined : (lines[0]?.replace(/^initdb: error: /, '') ?? error.message));
    });
  });
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') unlinkSync(folder);
    else if (systemCode(error) !== 'ENOENT') throw error;
  }
}
