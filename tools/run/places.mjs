import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** The node that came with `npm ci`; the one on the PATH may be too old. */
export const node = join(root, 'node_modules', '.bin', 'node');

export const mainOf = (app) => join(root, 'apps', app, 'dist', 'main.js');
