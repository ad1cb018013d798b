import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StartupError, systemCode } from '../bootstrap/startup-error.js';
import { accountOfOwner, canWrite, type ServerAccount } from './server-account.js';

/** Where data go when the server's user cannot enter the data directory; a link leads there. */
const ELSEWHERE = '/var/lib/assay';

/** Where the server's files are, or will be. */
export interface DataLocation {
  /** Directory of the cluster, without links in it. */
  readonly pgData: string;
  readonly account: ServerAccount | undefined;
  readonly isNew: boolean;
  /** Link to be made when the files do not lie in the data directory itself. */
  readonly link: string | undefined;
}

/** The cluster at `<dataDir>/postgres`, or a place for a new one. */
export function locateData(dataDir: string, major: number, choose: () => ServerAccount | undefined): DataLocation {
  const link = join(dataDir, 'postgres');
  const kind = lstatSync(link, { throwIfNoEntry: false });
  if (kind !== undefined) {
    const pgData = resolved(link);
    if (!isEmpty(pgData)) return existing(pgData, major);
  }
  return placeForNew(dataDir, link, choose());
}

function existing(pgData: string, major: number): DataLocation {
  const owner = statSync(pgData);
  const account = accountOfOwner(owner);
  if (account === undefined && owner.uid !== process.getuid?.()) {
    throw new StartupError(
      `The data in ${pgData} belong to user ${owner.uid}, not to this one (${process.getuid?.()}). Start as that user, or set ASSAY_DATA_DIR.`,
    );
  }
  if (account?.uid === 0) {
    throw new StartupError(
      `The data in ${pgData} belong to root, as whom PostgreSQL does not run. Give them back: chown -R postgres ${pgData}`,
    );
  }
  if (!canWrite(account, pgData)) {
    throw new StartupError(
      `The data directory ${pgData} cannot be read and written by its owner (${owner.uid}). Check the rights of it and of the folders above.`,
    );
  }
  checkVersion(pgData, major);
  return { pgData, account, isNew: false, link: undefined };
}

function checkVersion(pgData: string, major: number): void {
  let found: string;
  try {
    found = readFileSync(join(pgData, 'PG_VERSION'), 'utf8').trim();
  } catch {
    throw new StartupError(`${pgData} holds files, but no PostgreSQL database. Empty it, or set ASSAY_DATA_DIR.`);
  }
  if (found !== String(major)) {
    throw new StartupError(
      `The data in ${pgData} were written by PostgreSQL ${found}, and this Assay brings ${major}. Move them over with pg_dump, or set DATABASE_URL to a PostgreSQL ${found} that serves them.`,
    );
  }
}

function placeForNew(dataDir: string, link: string, account: ServerAccount | undefined): DataLocation {
  const here = join(realpathSync(dataDir), 'postgres');
  if (accountReaches(here, account)) return { pgData: here, account, isNew: true, link: undefined };
  const elsewhere = freeName(dataDir);
  if (account !== undefined && accountReaches(elsewhere, account))
    return { pgData: elsewhere, account, isNew: true, link };
  throw new StartupError(
    `PostgreSQL runs as user '${account?.name}', who can enter neither ${dataDir} nor ${ELSEWHERE}. Set ASSAY_DATA_DIR to a directory that others may enter.`,
  );
}

/** Makes the folder in which `initdb` works; its name without `.new` is taken when it is complete. */
function accountReaches(pgData: string, account: ServerAccount | undefined): boolean {
  const folder = unfinishedName(pgData);
  try {
    rmSync(folder, { recursive: true, force: true });
    if (mkdirSync(dirname(folder), { recursive: true }) !== undefined) chmodSync(dirname(folder), 0o711);
    mkdirSync(folder, { mode: 0o700 });
    if (account !== undefined) chownSync(folder, account.uid, account.gid);
  } catch (error) {
    if (account !== undefined) return false;
    throw new StartupError(
      `The data directory ${dirname(folder)} cannot be written (${systemCode(error)}). Check its rights, or set ASSAY_DATA_DIR.`,
    );
  }
  if (canWrite(account, folder)) return true;
  rmSync(folder, { recursive: true, force: true });
  return false;
}

export const unfinishedName = (pgData: string): string => `${pgData}.new`;

/** Names already taken belong to data directories that were moved or removed: they are never touched. */
function freeName(dataDir: string): string {
  const hash = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  const taken = (name: string): boolean => lstatSync(name, { throwIfNoEntry: false }) !== undefined;
  for (let number = 1; ; number += 1) {
    const name = join(ELSEWHERE, number === 1 ? hash : `${hash}-${number}`);
    if (!taken(name)) return name;
  }
}

function resolved(link: string): string {
  try {
    return realpathSync(link);
  } catch (error) {
    throw new StartupError(
      `${link} cannot be followed (${systemCode(error)}): the database it leads to is not there. Bring it back, or remove the link to start anew.`,
    );
  }
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    throw new StartupError(
      `The data directory ${folder} cannot be read (${systemCode(error)}). Check its rights, or set ASSAY_DATA_DIR.`,
    );
  }
}
