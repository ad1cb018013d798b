export { LogHandler, type LogHandlerOptions } from './consumer/log-handler.decorator.js';
export { StaleBatchError, type LogContext } from './consumer/log-context.js';
export type { LogBatch, LogRecord, NewData, NewRecord, TailRecord } from './log/records.js';
export {
  sqlOf,
  type SqlClient,
  type SqlRow,
  type Transaction,
  type TransactionalEntityManager,
} from './log/transaction.js';
export {
  LOG_SETTINGS,
  type Backoff,
  type FailurePolicy,
  type KafkaSettings,
  type LogSettings,
} from './log/log-options.js';
