import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cond, Context, Flag, Json } from '../src/definition.js';
import type { Exposure, StickyDocuments } from '../src/result.js';

/** Folder of the golden vectors. */
export const VECTORS =
  process.env.ASSAY_VECTORS ?? join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/vectors');

interface RuleOptions {
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly overrides?: Readonly<Record<string, number | string>>;
  readonly sticky?: StickyDocuments;
}

/** `bucket` is the position as a fraction, `unit` the value in the context. */
export type ExpectedExposure = Partial<Omit<Exposure, 'bucket' | 'fraction' | 'unit'>> & {
  readonly bucket?: number;
  readonly unit?: Json;
};

/** What a suite expects of an evaluation. */
export interface ExpectedResult {
  readonly value?: Json;
  readonly variant?: string | null;
  readonly on?: boolean;
  readonly error?: string;
  readonly prerequisite?: string;
  readonly exposures?: readonly ExpectedExposure[];
  readonly stickyAfter?: StickyDocuments;
}

export interface FlagCase {
  readonly key: string;
  readonly context: Context;
  readonly options?: RuleOptions;
  readonly expected: ExpectedResult;
}

export interface ConditionCase {
  readonly cond: Cond;
  readonly context: Context;
  readonly options?: RuleOptions;
  readonly expected: boolean;
}

export interface RuleGroup {
  readonly definitions: {
    readonly flags: Readonly<Record<string, Flag>>;
    readonly segments: Readonly<Record<string, Cond>>;
    readonly lists: Readonly<Record<string, readonly Json[]>>;
  };
  readonly cases: readonly (FlagCase | ConditionCase)[];
}

export interface RuleFile {
  readonly source: string;
  readonly groups: readonly RuleGroup[];
}

/** Names of the files of one kind, or none when the vectors are not there. */
export function vectorFiles(folder: 'rules' | 'hash', extension: string): readonly string[] {
  const path = join(VECTORS, folder);
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(extension)) : [];
}

/** The text of a vector file. */
export function vectorText(folder: 'rules' | 'hash', name: string): string {
  return readFileSync(join(VECTORS, folder, name), 'utf8');
}

/** The rule cases of a file. */
export function ruleFile(name: string): RuleFile {
  return JSON.parse(vectorText('rules', name)) as RuleFile;
}
