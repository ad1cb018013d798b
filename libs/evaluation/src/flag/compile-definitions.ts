import { bucketedSegments, bucketUse, type BucketUse } from '../condition/bucket-use.js';
import { compilePredicate } from '../condition/compile-condition.js';
import { isObject } from '../condition/json.js';
import { CompiledList } from '../condition/list.js';
import type { Cond, Context, Definitions, Flag, ListValues } from '../definition.js';
import {
  errorResult,
  recordedResult,
  type EvaluationError,
  type EvaluationOptions,
  type EvaluationResult,
  type FlagReading,
} from '../result.js';
import { Run, type Environment, type PastReading, type Predicate } from '../run.js';
import { compileFlag, type CompiledFlag } from './compile-flag.js';
import { DefinitionTable } from './definition-table.js';
import { hasType } from './has-type.js';

/** What {@link CompiledDefinitions.with} replaces; null removes. */
export interface DefinitionsChange {
  readonly flags?: Readonly<Record<string, Flag | null>>;
  readonly segments?: Readonly<Record<string, Cond | null>>;
  readonly lists?: Readonly<Record<string, ListValues | null>>;
}

/** A flag is compiled when it is first asked for: of thousands that are loaded most wait long. */
class FlagEntry {
  private compiled: CompiledFlag | undefined = undefined;

  constructor(readonly definition: Flag) {}

  get evaluate(): CompiledFlag {
    return (this.compiled ??= compileFlag(this.definition));
  }
}

interface SegmentEntry {
  readonly definition: Cond;
  readonly matches: Predicate;
  readonly use: BucketUse;
}

interface Tables {
  readonly flags: DefinitionTable<FlagEntry>;
  readonly segments: DefinitionTable<SegmentEntry>;
  readonly lists: DefinitionTable<CompiledList>;
}

/** Each reading of a flag repeats its exposures; beyond this many in one evaluation they are not repeated. */
const MAX_REPEATED_EXPOSURES = 1000;

const NO_OPTIONS: EvaluationOptions = {};
const NO_CONTEXT: Context = {};
const ABSENT: FlagReading = { value: null, variant: null, on: false };

const FAILURES: Readonly<Record<EvaluationError, EvaluationResult>> = {
  FLAG_NOT_FOUND: errorResult('FLAG_NOT_FOUND'),
  CYCLE: errorResult('CYCLE'),
  TOO_DEEP: errorResult('TOO_DEEP'),
  TYPE_MISMATCH: errorResult('TYPE_MISMATCH'),
  VARIANT_NOT_FOUND: errorResult('VARIANT_NOT_FOUND'),
};

function compileFlagEntry(definition: Flag): FlagEntry {
  return new FlagEntry(definition);
}

function compileSegmentEntry(definition: Cond): SegmentEntry {
  return { definition, matches: compilePredicate(definition), use: bucketUse(definition) };
}

function compileListEntry(values: ListValues): CompiledList {
  return new CompiledList(values);
}

/**
 * The flags, segments and lists of an environment as functions. It never changes: {@link with} gives another one, which
 * shares everything that stayed the same. An evaluation neither throws nor looks at a clock.
 */
export class CompiledDefinitions implements Environment {
  private constructor(
    private readonly tables: Tables,
    private readonly bucketed: ReadonlySet<string>,
  ) {}

  /** No flags, no segments, no lists. */
  static readonly EMPTY = new CompiledDefinitions(
    { flags: DefinitionTable.empty(), segments: DefinitionTable.empty(), lists: DefinitionTable.empty() },
    new Set(),
  );

  /**
   * Evaluates a flag for a context. Costs no parsing and little memory; the result of a flag that records nothing is the
   * same frozen object each time. Payloads are those of the definition: do not change them.
   */
  evaluate(key: string, context: Context, options: EvaluationOptions = NO_OPTIONS): EvaluationResult {
    const flag = this.tables.flags.get(key);
    if (flag === undefined) return FAILURES.FLAG_NOT_FOUND;
    const run = new Run(this, isObject(context) ? context : NO_CONTEXT, options, key);
    const result = flag.evaluate(run);
    if (run.error !== undefined) return FAILURES[run.error];
    if (options.type !== undefined && result.variant !== null && !hasType(result.value, options.type)) {
      return FAILURES.TYPE_MISMATCH;
    }
    const recorded = run.exposures !== undefined || run.stickyWrites !== undefined;
    return recorded && result.error === undefined ? recordedResult(result, run.exposures, run.stickyWrites) : result;
  }

  /** Whether a context fits a condition. To ask the same condition often, compile it with {@link compileCondition}. */
  matches(cond: Cond, context: Context, options: EvaluationOptions = NO_OPTIONS): boolean {
    return this.holds(compilePredicate(cond), context, options);
  }

  /** The same for a compiled condition. One that leads back to itself is false. */
  holds(predicate: Predicate, context: Context, options: EvaluationOptions = NO_OPTIONS): boolean {
    const run = new Run(this, isObject(context) ? context : NO_CONTEXT, options, undefined);
    return predicate(run.context, run) && run.error === undefined;
  }

  /**
   * These definitions with some replaced, added or (null) removed. Only those are compiled: flags know segments, lists and
   * other flags by name.
   */
  with(change: DefinitionsChange): CompiledDefinitions {
    const tables: Tables = {
      flags: this.tables.flags.with(change.flags, compileFlagEntry),
      segments: this.tables.segments.with(change.segments, compileSegmentEntry),
      lists: this.tables.lists.with(change.lists, compileListEntry),
    };
    if (tables.segments === this.tables.segments) return new CompiledDefinitions(tables, this.bucketed);
    const uses = new Map([...tables.segments.entries()].map(([key, { use }]) => [key, use]));
    return new CompiledDefinitions(tables, bucketedSegments(uses));
  }

  /** Keys of all flags. */
  flagKeys(): readonly string[] {
    return [...this.tables.flags.entries().keys()];
  }

  /** The flag as it was written. */
  flag(key: string): Flag | undefined {
    return this.tables.flags.get(key)?.definition;
  }

  /** The segment as it was written. */
  segmentDefinition(key: string): Cond | undefined {
    return this.tables.segments.get(key)?.definition;
  }

  segment(key: string): Predicate | undefined {
    return this.tables.segments.get(key)?.matches;
  }

  isBucketed(key: string): boolean {
    return this.bucketed.has(key);
  }

  list(key: string): CompiledList | undefined {
    return this.tables.lists.get(key);
  }

  read(key: string, run: Run): FlagReading {
    const path = (run.flags ??= run.key === undefined ? [] : [run.key]);
    if (run.error !== undefined || !run.mayEnter(path, key)) return ABSENT;
    const readings = (run.readings ??= new Map<string, PastReading>());
    const past = readings.get(key);
    if (past !== undefined) {
      const room = (run.exposures?.length ?? 0) < MAX_REPEATED_EXPOSURES;
      if (past.exposures.length > 0 && room) run.exposures?.push(...past.exposures);
      return past.reading;
    }
    const flag = this.tables.flags.get(key);
    if (flag === undefined) return ABSENT;
    const before = run.exposures?.length ?? 0;
    path.push(key);
    const reading = flag.evaluate(run);
    path.pop();
    readings.set(key, { reading, exposures: run.exposures?.slice(before) ?? [] });
    return reading;
  }
}

/** Compiles everything an environment needs. Once per change: see {@link CompiledDefinitions.with}. */
export function compileDefinitions(definitions: Definitions): CompiledDefinitions {
  return CompiledDefinitions.EMPTY.with(definitions);
}
