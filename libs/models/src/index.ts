export { allEntities } from './all-entities.js';
export { SCHEMA } from './schema.js';
export { ormOptions, type OrmOptions } from './orm-options.js';
export { migrate, pendingMigrations, type MigrationResult } from './migrate.js';
export { unknownMigrations } from './unknown-migrations.js';
export { schemaDrift } from './schema-drift.js';
export { openOrm } from './open-orm.js';
export type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
export { BaseEntity } from './base/base.entity.js';
export type { JsonObject, JsonValue } from './base/columns.js';
export type { PlainObject } from './base/to-plain.js';
export {
  API_KEY_KINDS,
  ApiKey,
  type ApiKeyKind,
  ACTOR_KINDS,
  AuditEntry,
  type ActorKind,
  Environment,
  Permission,
  Project,
  Role,
  RolePermission,
  RoleUser,
  Session,
  User,
  identityEntities,
} from './identity/index.js';
export {
  Experiment,
  ExperimentRevision,
  Metric,
  Variant,
  Holdout,
  Layer,
  LayerAllocation,
  experimentEntities,
} from './experiments/index.js';
export {
  FeatureFlag,
  type FlagVariant,
  FeatureFlagOverride,
  FlagRevision,
  FlagEvaluationCount,
  FlagSchedule,
  SCHEDULE_STATUSES,
  type ScheduleStatus,
  Segment,
  ValueList,
  ValueListMember,
  flagEntities,
} from './flags/index.js';
export { Assignment, assignmentEntities } from './assignment/index.js';
export {
  ArmStatistics,
  Event,
  ExperimentPlan,
  LedgerCounter,
  RankedChanges,
  RecordedLook,
  RejectedEvent,
  UnitMetrics,
  analysisEntities,
} from './analysis/index.js';
export {
  DeadLetter,
  DEFINITION_KINDS,
  DefinitionKey,
  type DefinitionKind,
  ConsumerOffset,
  IdempotencyKey,
  LogBatch,
  LogPartition,
  OutboxMessage,
  platformEntities,
} from './platform/index.js';
