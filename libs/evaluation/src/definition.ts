/**
 * The stored shape of flags, experiments, segments and lists: what people write, what the services store, what
 * {@link compileDefinitions} turns into functions.
 */
import type { MemberSet } from './list/member-set.js';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `"/a/b"` is a JSON pointer through objects (`~0` is `~`, `~1` is `/`); anything else is a top-level name, taken literally. */
export type Ref = string;

/** A half-open interval `[from, to)` of hash positions, which lie in [0, 1). */
export type Range = readonly [from: number, to: number];

/** How a salt and a unit become a position. `native` is ours; the others keep the users of an import where they are. */
export type HashProfile =
  | 'native'
  | 'growthbook@1'
  | 'growthbook@2'
  | 'unleash'
  | 'unleash-variant'
  | 'launchdarkly'
  | 'posthog'
  | 'posthog-variant'
  | 'eppo'
  | 'configcat'
  | 'flagsmith'
  | 'flagd@2'
  | 'flagd@3'
  | 'optimizely'
  | 'statsig'
  | 'planout';

/** What a bucket predicate and a split have in common: which unit is hashed, and how. */
export interface Hashing {
  readonly salt: string;
  /** The first of these that has a usable value names the unit. */
  readonly unit: readonly Ref[];
  readonly hash?: HashProfile;
  /** Number of buckets of profiles that take a remainder (`unleash-variant`, `eppo`, …); each has a default. */
  readonly mod?: number;
  /** `0`: a subject without a unit stands at position 0 instead of being left out (LaunchDarkly). */
  readonly missing?: 0;
}

export interface Bucket extends Hashing {
  readonly in: readonly Range[];
}

export type Cast = 'string' | 'number' | 'version' | 'date' | 'size' | 'type';

export type Op =
  'in' | 'lt' | 'lte' | 'gt' | 'gte' | 'startsWith' | 'endsWith' | 'contains' | 'matches' | 'exists' | 'inCidr' | 'mod';

/** A comparison of one attribute with values: the only condition that looks at data. */
export interface Leaf {
  readonly attr: Ref;
  /** Read `attr` from this flag's result `{value, variant, on}` instead of the context. */
  readonly flag?: string;
  readonly as?: Cast;
  readonly op: Op;
  readonly values?: readonly Json[];
  readonly value?: Json;
  /** Key of a stored list whose members are further values. */
  readonly list?: string;
  readonly ignoreCase?: boolean;
  readonly negate?: boolean;
  /** The answer when the attribute is absent or null; `negate` does not touch it. Default false. */
  readonly ifMissing?: boolean;
  /** Salt: the values are SHA-256 hex of the UTF-8 value followed by it (prefixes and suffixes `<byteLength>_<hex>`). */
  readonly hashed?: string;
}

export type Cond =
  | boolean
  | { readonly all: readonly Cond[] }
  | { readonly any: readonly Cond[] }
  | { readonly not: Cond }
  | { readonly segment: string }
  | { readonly bucket: Bucket }
  | { readonly some: Ref; readonly where: Cond }
  | Leaf;

export interface Arm {
  /** Defaults to the name of the variant. */
  readonly key?: string;
  readonly variant: string;
  readonly in: readonly Range[];
  /** The arm is recorded, but the rules go on: a holdout that lets its unit through. */
  readonly continue?: boolean;
}

export interface Sticky {
  readonly version: number;
  /** A unit with a stored assignment of an earlier version is not enrolled any more. */
  readonly minVersion: number;
}

/** An experiment or a rollout by arms: one hash, read as "which arm". */
export interface Split extends Hashing {
  /** Key of the experiment (exposures, overrides, sticky documents). Defaults to the salt. */
  readonly key?: string;
  /** Admission: targeting, coverage, layer, holdout. Not asked again of a unit with a stored arm. */
  readonly enroll?: Cond;
  readonly sticky?: Sticky;
  readonly arms: readonly Arm[];
}

export type Serve = { readonly variant: string } | { readonly off: true } | { readonly split: Split };

export interface Rule {
  readonly id: string;
  readonly when: Cond;
  readonly serve: Serve;
}

export interface Requirement {
  readonly id: string;
  readonly when: Cond;
}

export type FlagType = 'boolean' | 'string' | 'number' | 'json';

export interface Flag {
  readonly key: string;
  readonly type: FlagType;
  readonly on: boolean;
  readonly variants: Readonly<Record<string, Json>>;
  /** Variant served when the flag is off or a requirement fails; null leaves it to the code's default. */
  readonly off: string | null;
  /** Gates in order; the first that is false ends the evaluation. */
  readonly requires?: readonly Requirement[];
  /** The first rule that yields something wins. */
  readonly rules: readonly Rule[];
  readonly default?: Serve;
}

/** Members of a list. A set is used as it is, so a list of a million ids need not exist twice; a `MemberSet` is the small one. */
export type ListValues = readonly Json[] | ReadonlySet<Json> | MemberSet;

/** Everything an environment needs to decide: the input of {@link compileDefinitions}. */
export interface Definitions {
  readonly flags?: Readonly<Record<string, Flag>>;
  readonly segments?: Readonly<Record<string, Cond>>;
  readonly lists?: Readonly<Record<string, ListValues>>;
}

/** Attributes of the subject: the parsed JSON of an evaluation request. */
export type Context = Readonly<Record<string, unknown>>;
