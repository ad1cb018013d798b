import { EvaluationContext, fieldErrors, UserId, type OfrepFailure } from '@assay/contracts';

/** Whom an evaluation is about. */
export interface Subject {
  /** The attributes that rules see. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The user as assignments know it. */
  readonly userId: string;
}

export type Refusal = Pick<OfrepFailure, 'errorCode' | 'errorDetails'>;

const refused = (errorCode: Refusal['errorCode'], errorDetails: string): Refusal => ({ errorCode, errorDetails });

/** What an OFREP request asks about, or what is wrong with it. */
export function parseRequest(body: unknown): Subject | Refusal {
  if (!isObject(body)) return refused('PARSE_ERROR', 'The body must be a JSON object with a context.');
  if (!isObject(body.context)) return refused('INVALID_CONTEXT', 'context must be an object.');
  const { targetingKey } = body.context;
  if (targetingKey === undefined || targetingKey === null || targetingKey === '') {
    return refused('TARGETING_KEY_MISSING', 'context.targetingKey must name the unit.');
  }
  const context = EvaluationContext.safeParse(body.context);
  if (!context.success)
    return refused('INVALID_CONTEXT', `context ${fieldErrors(context.error)[0]?.message ?? 'is not valid'}.`);
  const unit = UserId.safeParse(targetingKey);
  if (!unit.success) {
    return refused('INVALID_CONTEXT', 'context.targetingKey must be a text of at most 256 characters without NUL.');
  }
  const own = ownUserId(context.data.userId);
  const userId = UserId.safeParse(own ?? unit.data);
  if (!userId.success) return refused('INVALID_CONTEXT', 'context.userId must not have more than 256 characters.');
  return {
    attributes: { ...context.data, userId: own === undefined ? unit.data : context.data.userId },
    userId: userId.data,
  };
}

/** A context that names the user besides the targeting key means that one. */
function ownUserId(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
