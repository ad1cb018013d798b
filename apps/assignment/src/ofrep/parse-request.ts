import { EvaluationContext, fieldErrors, storageProblem, UserId, type OfrepFailure } from '@assay/contracts';

/** Whom an evaluation is about. */
export interface Subject {
  /** The attributes that rules see. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The user as assignments know it. */
  readonly userId: string;
  readonly targetingKey: string;
}

export type Refusal = Pick<OfrepFailure, 'errorCode' | 'errorDetails'>;

const refused = (errorCode: Refusal['errorCode'], errorDetails: string): Refusal => ({ errorCode, errorDetails });

/**
 * What an OFREP request asks about, or what is wrong with it.
 *
 * @param isSmall the whole body has less than what a context may have, so that it need not be measured
 */
export function parseRequest(body: unknown, isSmall = false): Subject | Refusal {
  if (!isObject(body)) return refused('PARSE_ERROR', 'The body must be a JSON object with a context.');
  const { context } = body;
  if (!isObject(context)) return refused('INVALID_CONTEXT', 'context must be an object.');
  const { targetingKey } = context;
  if (targetingKey === undefined || targetingKey === null || targetingKey === '') {
    return refused('TARGETING_KEY_MISSING', 'context.targetingKey must name the unit.');
  }
  const problem = isSmall ? storageProblem(context) : contextProblem(context);
  if (problem !== undefined) return refused('INVALID_CONTEXT', `context ${problem}.`);
  if (!isUserId(targetingKey)) {
    return refused('INVALID_CONTEXT', 'context.targetingKey must be a text of at most 256 characters without NUL.');
  }
  const own = ownUserId(context.userId);
  const userId = own ?? targetingKey;
  if (!isUserId(userId)) return refused('INVALID_CONTEXT', 'context.userId must not have more than 256 characters.');
  return { attributes: own === undefined ? { ...context, userId } : context, userId, targetingKey };
}

function contextProblem(context: unknown): string | undefined {
  const parsed = EvaluationContext.safeParse(context);
  return parsed.success ? undefined : (fieldErrors(parsed.error)[0]?.message ?? 'is not valid');
}

/** What `UserId` accepts, without the cost of a schema in the case that is the usual one. */
const isUserId = (value: unknown): value is string =>
  typeof value === 'string' && ((value.length <= 64 && !value.includes('\u0000')) || UserId.safeParse(value).success);

/** A context that names the user besides the targeting key means that one. */
function ownUserId(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
