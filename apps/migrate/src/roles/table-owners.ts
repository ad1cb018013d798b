import type { EntityName } from '@mikro-orm/core';
import {
  analysisEntities,
  assignmentEntities,
  ConsumerOffset,
  DeadLetter,
  DefinitionKey,
  experimentEntities,
  flagEntities,
  IdempotencyKey,
  identityEntities,
  LogBatch,
  LogPartition,
  OutboxMessage,
} from '@assay/models';

/** Services that log in to the database, each as a role of its own. */
export const DATABASE_SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;
export type DatabaseService = (typeof DATABASE_SERVICES)[number];

/** Whose tables are whose: only the owner writes them. Keys of definitions are shared by the two that define. */
export const OWNED = {
  identity: identityEntities,
  experiments: [...experimentEntities, DefinitionKey],
  flags: [...flagEntities, DefinitionKey],
  assignment: assignmentEntities,
  ingestion: [],
  analysis: analysisEntities,
} as const;

/** What every process writes to take part in the log, and to remember the answers it gave. */
export const SHARED = [OutboxMessage, ConsumerOffset, DeadLetter, IdempotencyKey, LogPartition, LogBatch] as const;

/** Name of the table of an entity. */
export type TableOf = (entity: EntityName) => string;

/** Names of the tables that the role of a service may write. */
export function writableTables(service: DatabaseService, tableOf: TableOf): string[] {
  const entities: readonly EntityName[] = [...OWNED[service], ...SHARED];
  return entities.map(tableOf);
}
