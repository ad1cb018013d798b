import type { FlagType, Json } from './definition.js';

/** A unit seen with an arm of an experiment. */
export interface Exposure {
  /** Key of the experiment (of a split without one, its salt). */
  readonly experiment: string;
  readonly arm: string;
  readonly variant: string;
  /** Text of the unit; null only when there is none and the arm was forced or the split has `missing: 0`. */
  readonly unit: string | null;
  /** The attribute that named the unit. */
  readonly unitRef: string | null;
  /** Position of the unit as 0..99,999; null when the arm was forced. */
  readonly bucket: number | null;
  /** The same position, exact. */
  readonly fraction: number | null;
  /** The arm comes from the sticky documents, not from the hash. */
  readonly sticky: boolean;
  /** The arm was asked for by an override: leave it out of the analysis. */
  readonly forced: boolean;
}

/** Stored arms of one unit: `assignments["<experiment>__<version>"]` is the key of an arm. */
export interface StickyDocument {
  readonly attributeName?: string;
  readonly attributeValue?: string;
  readonly assignments: Readonly<Record<string, string>>;
}

/** Sticky documents by `<attribute>||<unit>`. */
export type StickyDocuments = Readonly<Record<string, StickyDocument>>;

/** An arm to be stored in the document `key`, which is made from the other fields if it does not exist. */
export interface StickyWrite {
  readonly key: string;
  readonly attributeName: string;
  readonly attributeValue: string;
  /** `<experiment>__<version>` */
  readonly assignment: string;
  readonly arm: string;
}

/** What an evaluation may be given besides the context. */
export interface EvaluationOptions {
  /** Epoch milliseconds: the attribute `$now` of schedules. The engine has no clock of its own. */
  readonly now?: number;
  /** Arms asked for by the request (QA, preview links): experiment key -> index or key of the arm. */
  readonly overrides?: Readonly<Record<string, number | string>>;
  /** Stored arms of this subject's units. Absent: splits are not sticky in this evaluation. */
  readonly sticky?: StickyDocuments;
  /**
   * What a store of the caller's own knows of this subject in sticky splits, by experiment: the key of its arm, or null when it
   * has none and is to get none. An experiment that is not named enrolls as ever.
   */
  readonly stored?: Readonly<Record<string, string | null>>;
  /** The type the caller expects; a value of another one gives the code's default and TYPE_MISMATCH. */
  readonly type?: FlagType;
}

/**
 * - `STATIC`: the flag has no rules; `TARGETING_MATCH`: a rule served a variant; `SPLIT`: a hash took part
 * - `DEFAULT`: no rule yielded; `DISABLED`: off, by its switch or by a rule
 * - `PREREQUISITE_FAILED`: a requirement was false; `ERROR`: see `error`
 */
export type Reason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'PREREQUISITE_FAILED' | 'ERROR';

/**
 * - `CYCLE`: flags or segments depend on themselves; `TOO_DEEP`: they depend on each other over more than 64 steps
 * - `VARIANT_NOT_FOUND`: a rule names a variant the flag does not have
 */
export type EvaluationError = 'FLAG_NOT_FOUND' | 'CYCLE' | 'TOO_DEEP' | 'TYPE_MISMATCH' | 'VARIANT_NOT_FOUND';

/** What a prerequisite sees of another flag. */
export interface FlagReading {
  readonly value: Json;
  readonly variant: string | null;
  /** Something other than off was served; not the truth of `value`. */
  readonly on: boolean;
}

/** The answer of an evaluation. `variant: null` means: use the code's default (`value` is null then). */
export interface EvaluationResult extends FlagReading {
  readonly reason: Reason;
  /** The rule that yielded. */
  readonly ruleId: string | undefined;
  /** The requirement that failed. */
  readonly prerequisite: string | undefined;
  readonly error: EvaluationError | undefined;
  /** In the order in which they happened; those of prerequisites, too, once for each time they were read. */
  readonly exposures: readonly Exposure[];
  readonly stickyWrites: readonly StickyWrite[];
}

const NOTHING: readonly never[] = Object.freeze([]);

/** A result without exposures, made once when a flag is compiled and answered many times. */
export function constantResult(fields: Partial<EvaluationResult> & Pick<EvaluationResult, 'reason'>): EvaluationResult {
  return Object.freeze({
    value: fields.value ?? null,
    variant: fields.variant ?? null,
    on: fields.on ?? false,
    reason: fields.reason,
    ruleId: fields.ruleId,
    prerequisite: fields.prerequisite,
    error: fields.error,
    exposures: NOTHING,
    stickyWrites: NOTHING,
  });
}

/** The result of an evaluation that could not be made. */
export function errorResult(error: EvaluationError): EvaluationResult {
  return constantResult({ reason: 'ERROR', error });
}

/** A constant result with what the evaluation recorded on the way. */
export function recordedResult(
  result: EvaluationResult,
  exposures: readonly Exposure[] | undefined,
  stickyWrites: readonly StickyWrite[] | undefined,
): EvaluationResult {
  return {
    value: result.value,
    variant: result.variant,
    on: result.on,
    reason: result.reason,
    ruleId: result.ruleId,
    prerequisite: result.prerequisite,
    error: result.error,
    exposures: exposures ?? NOTHING,
    stickyWrites: stickyWrites ?? NOTHING,
  };
}
