import { AppError, type Idempotency, type RouteShape } from '@assay/contracts';
import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, catchError, concatMap, of } from 'rxjs';
import { Clock } from '../clock/clock.js';
import type { AssayRequest } from '../http/call.js';
import { ROUTE } from '../http/endpoint.decorator.js';
import { type Claim, IdempotencyRepository, type Recorded } from './idempotency.repository.js';
import { type IdempotentRequest, idempotentRequest } from './idempotent-request.js';

/** Present on an answer that was given before. */
const REPLAYED = 'idempotency-replayed';

/**
 * `Idempotency-Key` on the routes that declare `idempotent`: within 24 hours the same request under the same key has one
 * effect and one answer. Only successes are kept; a failed call had no effect, so repeating it is executing it again. The
 * answer is stored after the change has committed: a process that dies in between leaves the key claimed for a minute,
 * after which a repetition executes again and meets whatever uniqueness the resource has.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger('idempotency');

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const rule = ruleOf(context);
    const request = rule === undefined ? undefined : requestOf(context, rule);
    if (rule === undefined || request === undefined) return next.handle();
    const claim = await this.repository.claim(request, this.clock.now());
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if ('hash' in claim) return of(replay(claim, request, reply, rule));
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        await this.quietly(this.repository.release(claim));
        throw error;
      }),
      concatMap(async (answer: unknown) => {
        await this.keep(claim, reply.statusCode, keptOf(answer, rule));
        return answer;
      }),
    );
  }

  /** The change has happened: its answer is given whether or not it could be kept. */
  private async keep(claim: Claim, status: number, answer: unknown): Promise<void> {
    await this.quietly(this.repository.finish(claim, status, answer));
  }

  private async quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.logger.warn({ err: String(error) }, 'an idempotency key could not be settled; it frees itself in a minute');
    }
  }
}

/** What the route asks of this interceptor. */
type Rule = Exclude<Idempotency, 'by-handler'>;

function ruleOf(context: ExecutionContext): Rule | undefined {
  const route = Reflect.getMetadata(ROUTE, context.getHandler()) as RouteShape | undefined;
  return route?.idempotent === 'by-handler' ? undefined : route?.idempotent;
}

function requestOf(context: ExecutionContext, rule: Rule): IdempotentRequest | undefined {
  const request = context.switchToHttp().getRequest<AssayRequest>();
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.assay === undefined) return undefined;
  const { actor, scope } = request.assay;
  const { method, url, body } = request;
  const without = rule !== true && 'without' in rule ? rule.without : [];
  return idempotentRequest(String(key), { actor, projectId: scope.projectId, method, url, body, without });
}

/** What of an answer may be kept. */
function keptOf(answer: unknown, rule: Rule): unknown {
  if (rule === true || !('shownOnce' in rule) || typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([name]) => name !== rule.shownOnce));
}

function replay(recorded: Recorded, request: IdempotentRequest, reply: FastifyReply, rule: Rule): unknown {
  if (recorded.hash !== request.hash) {
    throw AppError.conflict(
      'This Idempotency-Key was used for another request within the last 24 hours. Use a new key for a new request.',
      'idempotency_conflict',
    );
  }
  if (recorded.status === null) {
    throw new AppError(
      'conflict',
      'idempotency_in_progress',
      'The first request with this Idempotency-Key is still running.',
      {
        retryAfter: 1,
      },
    );
  }
  if (rule !== true && 'shownOnce' in rule) throw shownOnce(rule.shownOnce, recorded.response);
  void reply.status(recorded.status).header(REPLAYED, 'true');
  return recorded.response ?? undefined;
}

function shownOnce(field: string, response: unknown): AppError {
  const id = typeof response === 'object' && response !== null && 'id' in response ? String(response.id) : 'it';
  return AppError.conflict(
    `The first request with this Idempotency-Key has succeeded, and its answer alone showed '${field}'. If that answer is lost, ` +
      `delete what was made (${id}) and send the request again under a new Idempotency-Key.`,
    'shown_once',
  );
}
