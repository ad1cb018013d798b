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

export { MemberSet, type MembersChange } from './list/member-set.js';
export { MemberTable } from './list/member-table.js';

export { murmur3x86_32 } from './hash/murmur3.js';
export { bucketOf, HASH_PROFILES, hashFraction, nativeBucket } from './hash/profiles.js';

export { compileCondition, compileSplit } from './flag/compile-alone.js';
export { CompiledDefinitions, compileDefinitions } from './flag/compile-definitions.js';
export type { DefinitionsChange } from './flag/compile-definitions.js';
export { openFeatureErrorCode, openFeatureReason } from './flag/open-feature.js';
export type { OpenFeatureErrorCode, OpenFeatureReason } from './flag/open-feature.js';

export type { Enrolled, NotEnrolled, NotEnrolledReason, SplitOutcome } from './split/compile-split.js';
export { rangesFromWeights, splitFromWeights } from './split/split-from-weights.js';
export type { EnrollStage, SharedSlice, SplitWithStages, WeightedSplit } from './split/split-from-weights.js';
export { applyStickyWrites, stickyKey } from './split/sticky.js';

export { explain } from './explain/explain.js';
export { explainSplit } from './explain/explain-split.js';
export type { ConditionTrace, Explanation, PositionTrace, ServeTrace, SplitTrace, Step } from './explain/trace.js';

export { checkCondition, MAX_CONDITION_DEPTH } from './check/check-condition.js';
export { checkFlag, checkFlagRules, MAX_RULES } from './check/check-flag.js';
export { checkSplit } from './check/check-split.js';
export {
  dependenciesOf,
  findCycle,
  flagDependencies,
  placedDependencies,
  placedFlagDependencies,
} from './check/find-cycle.js';
export type { Dependency, DependencySource, PlacedDependency } from './check/find-cycle.js';
export type { CheckOptions, KnownIds, Problem } from './check/problems.js';
