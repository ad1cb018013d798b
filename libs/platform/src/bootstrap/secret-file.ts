import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemCode } from './startup-error.js';

/** 32 random bytes, fit for a file, a header and a URL. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** The secret kept in a file that only this user reads; made at the first call, the same one ever after. */
export function secretFile(file: string, make: () => string = randomSecret): string {
  const kept = readSecret(file);
  if (kept !== undefined) return kept;
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${make()}\n`, { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  const made = readSecret(file);
  if (made === undefined) throw new Error(`${file} is empty`);
  return made;
}

/** Undefined when there is no such file, or nothing in it. */
export function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
