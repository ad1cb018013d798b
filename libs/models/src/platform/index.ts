import { ConsumerOffset } from './consumer-offset.entity.js';
import { DeadLetter } from './dead-letter.entity.js';
import { DefinitionKey } from './definition-key.entity.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { LogBatch } from './log-batch.entity.js';
import { LogPartition } from './log-partition.entity.js';
import { OutboxMessage } from './outbox-message.entity.js';

export { DEFINITION_KINDS, DefinitionKey, type DefinitionKind } from './definition-key.entity.js';
export { ConsumerOffset, DeadLetter, IdempotencyKey, LogBatch, LogPartition, OutboxMessage };

/** The tables that every service may write: keys, outbox, log, dead letters, idempotency. */
export const platformEntities = [
  DefinitionKey,
  OutboxMessage,
  LogPartition,
  LogBatch,
  ConsumerOffset,
  DeadLetter,
  IdempotencyKey,
];
