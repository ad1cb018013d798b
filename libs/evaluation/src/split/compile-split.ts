import { compilePredicate } from '../condition/compile-condition.js';
import { arrayOf, isObject, ownValue, textOf } from '../condition/json.js';
import type { Cond, Split } from '../definition.js';
import { bucketOf } from '../hash/profiles.js';
import type { Exposure, StickyDocuments, StickyWrite } from '../result.js';
import type { Predicate, Run, Subject } from '../run.js';
import { rangesOf } from './ranges.js';
import { isBlocked, mergedAssignments, stickyWrite } from './sticky.js';
import { compileHashing, type CompiledHashing, type Unit } from './unit.js';

/**
 * - `NO_UNIT`: none of the unit's attributes has a usable value
 * - `STICKY_BLOCKED`: an arm of a version before `minVersion` is stored
 * - `NOT_STORED`: the caller's store has no arm of this unit, and it is to get none
 * - `NOT_ADMITTED`: `enroll` is false
 * - `NO_ARM`: the position lies in no arm's ranges
 */
export type NotEnrolledReason = 'NO_UNIT' | 'STICKY_BLOCKED' | 'NOT_STORED' | 'NOT_ADMITTED' | 'NO_ARM';

export interface NotEnrolled {
  readonly enrolled: false;
  readonly reason: NotEnrolledReason;
  readonly unit: string | null;
  readonly unitRef: string | null;
  /** Position of the unit; null without one. */
  readonly fraction: number | null;
  /** For `NOT_ADMITTED`: which part of `enroll` was false first, as index into its `all` (0 if it is no `all`). */
  readonly failedAt: number | null;
}

export interface Enrolled {
  readonly enrolled: true;
  readonly armIndex: number;
  readonly exposure: Exposure;
  /** The arm to be stored, if the split is sticky and it is not stored yet. */
  readonly stickyWrite: StickyWrite | undefined;
}

export type SplitOutcome = Enrolled | NotEnrolled;

/** An arm as it was compiled. */
export interface CompiledArm {
  readonly key: string;
  readonly variant: string;
  /** The unit is recorded, but the rules go on. */
  readonly passes: boolean;
}

/** A split as functions. */
export interface CompiledSplit {
  readonly experiment: string;
  readonly arms: readonly CompiledArm[];
  readonly hashing: CompiledHashing;
  readonly decide: (subject: Subject, run: Run) => SplitOutcome;
}

/** The parts of an admission condition, in the order in which they are asked. */
export function enrollParts(enroll: Cond | undefined): readonly Cond[] {
  if (enroll === undefined) return [];
  return isObject(enroll) && 'all' in enroll && Array.isArray(enroll.all) ? (enroll.all as readonly Cond[]) : [enroll];
}

function compileArms(split: Split): readonly CompiledArm[] {
  return arrayOf(split.arms).map((arm) => {
    const fields = isObject(arm) ? arm : {};
    const variant = textOf(fields.variant);
    return { key: textOf(fields.key ?? variant), variant, passes: fields.continue === true };
  });
}

/** Index of the first arm that owns a position, or -1. The ranges of all arms lie in one table. */
function compileArmTable(split: Split): (position: number) => number {
  const from: number[] = [];
  const to: number[] = [];
  const owner: number[] = [];
  for (const [index, arm] of arrayOf(split.arms).entries()) {
    for (const range of rangesOf(isObject(arm) ? arm.in : undefined)) {
      from.push(range[0]);
      to.push(range[1]);
      owner.push(index);
    }
  }
  return (position) => {
    for (let index = 0; index < owner.length; index++) {
      if (position >= (from[index] ?? 0) && position < (to[index] ?? 0)) return owner[index] ?? -1;
    }
    return -1;
  };
}

function notEnrolled(
  reason: NotEnrolledReason,
  unit: Unit | undefined,
  fraction: number | null,
  failedAt: number | null = null,
): NotEnrolled {
  return { enrolled: false, reason, unit: unit?.text ?? null, unitRef: unit?.ref ?? null, fraction, failedAt };
}

function expose(
  split: CompiledSplit,
  arm: CompiledArm,
  unit: Unit | undefined,
  fraction: number | null,
  how: 'hash' | 'sticky' | 'forced',
): Exposure {
  return {
    experiment: split.experiment,
    arm: arm.key,
    variant: arm.variant,
    unit: unit?.text ?? null,
    unitRef: unit?.ref ?? null,
    bucket: fraction === null ? null : bucketOf(fraction),
    fraction,
    sticky: how === 'sticky',
    forced: how === 'forced',
  };
}

/** Index of the arm an override asks for; one that does not exist is no override. */
function forcedArm(split: CompiledSplit, overrides: Readonly<Record<string, unknown>>): number {
  const wanted = ownValue(overrides, split.experiment);
  if (typeof wanted === 'string') return split.arms.findIndex((arm) => arm.key === wanted);
  return typeof wanted === 'number' && split.arms[wanted] !== undefined ? wanted : -1;
}

interface StickyRule {
  readonly assignment: string;
  readonly minVersion: number;
}

function stickyRule(split: Split, experiment: string): StickyRule | undefined {
  const sticky: unknown = split.sticky;
  if (!isObject(sticky) || typeof sticky.version !== 'number') return undefined;
  const minVersion = typeof sticky.minVersion === 'number' ? sticky.minVersion : 0;
  return { assignment: `${experiment}__${sticky.version}`, minVersion };
}

/** No arm of a split. */
const NONE = -1;

/** What the caller's own store says: the index of the arm, `shut` when the unit may have none, or -1. */
function keptArm(split: CompiledSplit, stored: Readonly<Record<string, unknown>>): number | 'shut' {
  const arm = ownValue(stored, split.experiment);
  return arm === null ? 'shut' : split.arms.findIndex(({ key }) => key === arm);
}

/** What the documents say: `blocked`, the index of the stored arm, or -1. */
function storedArm(
  split: CompiledSplit,
  rule: StickyRule,
  documents: StickyDocuments,
  units: readonly Unit[],
): number | 'blocked' {
  const assignments = mergedAssignments(documents, units);
  if (isBlocked(assignments, split.experiment, rule.minVersion)) return 'blocked';
  const stored = ownValue(assignments, rule.assignment);
  return stored === undefined ? NONE : split.arms.findIndex((arm) => arm.key === stored);
}

function firstFalse(parts: readonly Predicate[], subject: Subject, run: Run): number {
  for (let index = 0; index < parts.length; index++) {
    if (parts[index]?.(subject, run) !== true) return index;
  }
  return -1;
}

/** Forced arms need no unit, and nothing about them is stored. */
function forced(split: CompiledSplit, subject: Subject, run: Run): Enrolled | undefined {
  const { overrides } = run.options;
  if (overrides === undefined) return undefined;
  const armIndex = forcedArm(split, overrides);
  const arm = split.arms[armIndex];
  if (arm === undefined) return undefined;
  const exposure = expose(split, arm, split.hashing.unit(subject, run), null, 'forced');
  return { enrolled: true, armIndex, exposure, stickyWrite: undefined };
}

/**
 * Compiles a split. The order of a decision is: override, stored arm (or blocked by it), admission, hash. A unit with a
 * stored arm is not asked for admission again.
 */
export function compileSplitFunctions(split: Split): CompiledSplit {
  const experiment = textOf(split.key ?? split.salt);
  const hashing = compileHashing(split);
  const enroll = enrollParts(split.enroll).map((part) => compilePredicate(part));
  const armAt = compileArmTable(split);
  const rule = stickyRule(split, experiment);

  const compiled: CompiledSplit = { experiment, arms: compileArms(split), hashing, decide };
  return compiled;

  function decide(subject: Subject, run: Run): SplitOutcome {
    const override = forced(compiled, subject, run);
    if (override !== undefined) return override;
    const unit = hashing.unit(subject, run);
    if (unit === undefined && !hashing.zeroIfMissing) return notEnrolled('NO_UNIT', undefined, null);
    const fraction = unit === undefined ? 0 : hashing.position(unit.text, unit.raw);
    const { sticky: documents, stored: kept } = run.options;
    const stores = rule !== undefined && documents !== undefined && unit !== undefined;
    const elsewhere = rule !== undefined && kept !== undefined ? keptArm(compiled, kept) : NONE;
    if (elsewhere === 'shut') return notEnrolled('NOT_STORED', unit, fraction);
    const inDocuments = stores ? storedArm(compiled, rule, documents, hashing.units(subject, run)) : NONE;
    if (inDocuments === 'blocked') return notEnrolled('STICKY_BLOCKED', unit, fraction);
    const stored = elsewhere >= 0 ? elsewhere : inDocuments;
    if (stored < 0) {
      const failedAt = firstFalse(enroll, subject, run);
      if (failedAt >= 0) return notEnrolled('NOT_ADMITTED', unit, fraction, failedAt);
    }
    const armIndex = stored < 0 ? armAt(fraction) : stored;
    const arm = compiled.arms[armIndex];
    if (arm === undefined) return notEnrolled('NO_ARM', unit, fraction);
    const exposure = expose(compiled, arm, unit, fraction, stored < 0 ? 'hash' : 'sticky');
    const write = stores ? stickyWrite(documents, unit, rule.assignment, arm.key) : undefined;
    return { enrolled: true, armIndex, exposure, stickyWrite: write };
  }
}
