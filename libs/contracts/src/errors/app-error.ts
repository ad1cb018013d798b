/** What sort of failure it is. The HTTP edge maps it to a status, the log to retry or dead letter. */
export type ErrorKind =
  | 'validation'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** One thing that is wrong with an input; `path` is `variants[1].trafficAllocation`, '' for the whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** The one error type of Assay: services throw it, one HTTP filter and one message policy translate it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(
    readonly kind: ErrorKind,
    /** Stable, machine readable: `validation_failed`, `invalid_transition` … */
    readonly code: string,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }

  /** Whether the same call may succeed later without a change to it. */
  get retryable(): boolean {
    return this.kind === 'unavailable' || this.kind === 'rate_limited';
  }

  static validation(errors: readonly FieldError[], message = summarise(errors)): AppError {
    return new AppError('validation', 'validation_failed', message, { errors });
  }

  /** A single invalid field. */
  static field(path: string, message: string): AppError {
    return AppError.validation([{ path, message }]);
  }

  static notFound(what: string, name: string): AppError {
    return new AppError('not_found', 'not_found', `${what} '${name}' does not exist.`);
  }

  static conflict(message: string, code = 'conflict', errors: readonly FieldError[] = []): AppError {
    return new AppError('conflict', code, message, { errors });
  }

  static versionConflict(asked: string, actual: number): AppError {
    return new AppError(
      'precondition_failed',
      'version_conflict',
      `If-Match asked for ${asked === '' ? 'no version' : `version ${asked}`}, but the resource is at version ${actual}. Read it again and repeat the change.`,
    );
  }

  static unauthenticated(message = 'Send a valid access token or api key.'): AppError {
    return new AppError('unauthenticated', 'unauthenticated', message);
  }

  static forbidden(message: string): AppError {
    return new AppError('forbidden', 'forbidden', message);
  }

  static unavailable(message: string, retryAfter = 2, cause?: unknown): AppError {
    return new AppError('unavailable', 'unavailable', message, { retryAfter, cause });
  }
}

function summarise(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (first === undefined) return 'The input is not valid.';
  const head = first.path === '' ? first.message : `${first.path}: ${first.message}`;
  return errors.length === 1 ? head : `${head} (and ${errors.length - 1} more)`;
}
