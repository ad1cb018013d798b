import { AppError } from '@assay/contracts';

/** SQLSTATE classes and Node codes that mean "the server is not there right now". */
const SQL_STATES = new Set(['57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006', '53300']);
const NODE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'ENOENT']);
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|the database system is/i;

/** A lost or refused database connection as a retryable 503; undefined for any other error. */
export function asUnavailable(error: unknown): AppError | undefined {
  for (let cause = error, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth += 1) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const isSocket = NODE_CODES.has(code) && ('syscall' in cause || code !== 'ENOENT');
    if (SQL_STATES.has(code) || isSocket || MESSAGES.test(cause.message)) {
      return AppError.unavailable('The database cannot be reached right now. Try again in a moment.', 2, error);
    }
  }
  return undefined;
}

/** Also of another realm: in tests Node's own errors are. */
const isError = (value: unknown): value is Error => Object.prototype.toString.call(value) === '[object Error]';
