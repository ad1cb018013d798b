import type { CompiledList } from './condition/list.js';
import type { EvaluationError, EvaluationOptions, Exposure, FlagReading, StickyWrite } from './result.js';

/** What a condition looks at: the context, an element of an array, or the result of another flag. */
export type Subject = Readonly<Record<string, unknown>>;

/** A compiled condition. */
export type Predicate = (subject: Subject, run: Run) => boolean;

/** Where conditions find what they name. */
export interface Environment {
  segment(key: string): Predicate | undefined;
  /** Whether the segment hashes, itself or through others. */
  isBucketed(key: string): boolean;
  list(key: string): CompiledList | undefined;
  /** The result of another flag for the same context; everything is absent when there is no such flag. */
  read(key: string, run: Run): FlagReading;
}

/** Results of flags already read in an evaluation, with what reading them recorded. */
export interface PastReading {
  readonly reading: FlagReading;
  readonly exposures: readonly Exposure[];
}

/** Segments within segments and flags within flags: more steps than this are an error, not a stack overflow. */
export const MAX_STEPS = 64;

/** The state of one evaluation. Everything in it is made on first use, since most evaluations need little of it. */
export class Run {
  exposures: Exposure[] | undefined = undefined;
  stickyWrites: StickyWrite[] | undefined = undefined;
  /** The whole evaluation is an error; conditions met after it are false. */
  error: EvaluationError | undefined = undefined;
  /** Keys of the flags under evaluation, outermost first, when one reads another. */
  flags: string[] | undefined = undefined;
  segments: string[] | undefined = undefined;
  readings: Map<string, PastReading> | undefined = undefined;

  constructor(
    readonly environment: Environment,
    readonly context: Subject,
    readonly options: EvaluationOptions,
    /** The flag that was asked for; undefined for a condition or split on its own. */
    readonly key: string | undefined,
  ) {}

  /** Says whether `key` may be entered from `path`; if not, the evaluation is an error. */
  mayEnter(path: readonly string[], key: string): boolean {
    if (path.includes(key)) this.error ??= 'CYCLE';
    else if (path.length >= MAX_STEPS) this.error ??= 'TOO_DEEP';
    return this.error === undefined;
  }
}
