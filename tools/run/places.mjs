import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = join(import.meta.dirname, '..', '..');

/** The node that came with `npm ci`; the one on the PATH may be too old. */
export const node = join(root, 'node_modules', '.bin', 'node');

const compileCache = `--import=${pathToFileURL(join(import.meta.dirname, 'compile-cache.mjs')).href}`;

export const mainOf = (app) => join(root, 'apps', app, 'dist', 'main.js');

/**
 * Flags of the server's node. V8 sizes its heap by the memory of the machine and collects late where there is much; with a
 * bound it stays below 300 MB under load and is no slower.
 */
export const serverFlags = [
  '--enable-source-maps',
  compileCache,
  '--max-old-space-size=1024',
  '--max-semi-space-size=16',
];

/**
 * Flags of a service that runs apart, as in the images: it is to stay below 200 MB, of which kept code would take 17 and source
 * maps 7 (what is built differs from the sources by its types alone).
 */
export const serviceFlags = ['--max-old-space-size=256', '--max-semi-space-size=8', '--expose-gc'];

/** The C library takes memory in as many parts as there are threads, and keeps it; two are enough for what Node uses it for. */
export const processEnvironment = { MALLOC_ARENA_MAX: '2' };
