import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tolerance } from './tolerance.js';

export interface VectorCase {
  readonly id: string;
  readonly function: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly tolerance?: Tolerance;
  readonly note?: string;
}

export interface VectorFile {
  readonly file: string;
  readonly defaultTolerance: Tolerance;
  readonly cases: readonly VectorCase[];
}

const SHARED = fileURLToPath(new URL('../../../../../shared', import.meta.url));
const VECTORS = process.env['ASSAY_VECTORS'] ?? join(SHARED, 'vectors');

/** The cases of `<vectors>/stats/<name>.json`, infinities decoded, or `null` when the file is not there. */
export function loadVectors(name: string): VectorFile | null {
  const path = join(VECTORS, 'stats', `${name}.json`);
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8'), (_key, value: unknown) => decodeInfinity(value)) as VectorFile;
}

/** Names of the vector files that are there. */
export function listVectors(): readonly string[] {
  const folder = join(VECTORS, 'stats');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** Path of a CSV of the data folder beside the vectors (or of the default one), `null` when it is not there. */
export function findDataFile(name: string): string | null {
  const candidates = [join(VECTORS, '..', 'data', name), join(SHARED, 'data', name)];
  return candidates.find((path) => existsSync(path)) ?? null;
}

function decodeInfinity(value: unknown): unknown {
  if (value === 'Infinity') return Infinity;
  return value === '-Infinity' ? -Infinity : value;
}
