import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../terminal/cli-error.js';

/** Keys by server, written by `assay login`. */
export interface LoginFile {
  /** The server logged in to last. */
  readonly current?: string;
  readonly servers: Readonly<Record<string, { readonly key: string }>>;
}

/** Written by a server of the standalone mode into its data directory, for the commands of the same user. */
export interface LocalFile {
  readonly url: string;
  readonly key: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const loginFilePath = (environment: Environment): string =>
  join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'assay', 'credentials.json');

export const localFilePath = (environment: Environment, folder: string): string =>
  join(resolve(folder, environment['ASSAY_DATA_DIR'] || '.assay'), 'cli-credentials.json');

export function readLoginFile(path: string): LoginFile {
  const value = readJson(path);
  return isRecord(value) && isRecord(value['servers']) ? (value as unknown as LoginFile) : { servers: {} };
}

export function readLocalFile(path: string): LocalFile | undefined {
  const value = readJson(path);
  return isRecord(value) && typeof value['url'] === 'string' && typeof value['key'] === 'string'
    ? { url: value['url'], key: value['key'] }
    : undefined;
}

/** Remembers a key; nobody but this user may read it. */
export function rememberLogin(path: string, url: string, key: string): void {
  const before = readLoginFile(path);
  const after: LoginFile = { current: url, servers: { ...before.servers, [url]: { key } } };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`${path} is not readable as JSON. Remove it and log in again.`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
