export { LogModule } from './log.module.js';
export {
  LOG_SETTINGS,
  type Backoff,
  type FailurePolicy,
  type KafkaSettings,
  type LogSettings,
  type Step,
} from './log/log-options.js';
export { LogProducer } from './log/log-producer.js';
export { LogAdmin, type PartitionLag } from './log/log-admin.js';
export type { PartitionEnds } from './log/log-transport.js';
export type { LogBatch, LogRecord, NewData, NewRecord, TailRecord } from './log/records.js';
export {
  sqlOf,
  type SqlClient,
  type SqlRow,
  type Transaction,
  type TransactionalEntityManager,
} from './log/transaction.js';
export { partitionOf } from './log/partition-of.js';
export { LogHandler, type LogHandlerOptions } from './consumer/log-handler.decorator.js';
export { LogServer } from './consumer/log-server.js';
export { LogTail } from './consumer/log-tail.js';
export { StaleBatchError, type LogContext } from './consumer/log-context.js';
export { Outbox } from './outbox/outbox.js';
export { OutboxRelay, type OutboxBacklog } from './outbox/outbox-relay.js';
export {
  DeadLetters,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterStatus,
  type DeadLetterSummary,
  type SettleOptions,
} from './dead-letters/dead-letters.js';
