export type {
  Arm,
  Bucket,
  Cast,
  Cond,
  Context,
  Definitions,
  Flag,
  FlagType,
  Hashing,
  HashProfile,
  Json,
  Leaf,
  ListValues,
  Op,
  Range,
  Ref,
  Requirement,
  Rule,
  Serve,
  Split,
  Sticky,
} from './definition.js';
export type {
  EvaluationError,
  EvaluationOptions,
  EvaluationResult,
  Exposure,
  FlagReading,
  Reason,
  StickyDocument,
  StickyDocuments,
  StickyWrite,
} from './result.js';

export { bucketOf, HASH_PROFILES, hashFraction, nativeBucket } from './hash/profiles.js';
export { murmur3x86_32 } from './hash/murmur3.js';

export { compileDefinitions } from './flag/compile-definitions.js';
export type { CompiledDefinitions, DefinitionsChange } from './flag/compile-definitions.js';
export { compileCondition, compileSplit } from './flag/compile-alone.js';
export type { Enrolled, NotEnrolled, NotEnrolledReason, SplitOutcome } from './split/compile-split.js';
export { applyStickyWrites, stickyKey } from './split/sticky.js';

export { checkCondition } from './check/check-condition.js';
export { checkFlag } from './check/check-flag.js';
export type { Problem } from './check/problem.js';
