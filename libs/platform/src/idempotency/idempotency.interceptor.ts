import { AppError, type RouteShape } from '@assay/contracts';
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
    const request = requestOf(context);
    if (request === undefined) return next.handle();
    const claim = await this.repository.claim(request, this.clock.now());
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if ('hash' in claim) return of(replay(claim, request, reply));
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        await this.quietly(this.repository.release(claim));
        throw error;
      }),
      concatMap(async (answer: unknown) => {
        await this.keep(claim, reply.statusCode, answer);
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

function requestOf(context: ExecutionContext): IdempotentRequest | undefined {
  const route = Reflect.getMetadata(ROUTE, context.getHandler()) as RouteShape | undefined;
  if (route?.idempotent !== true) return undefined;
  const request = context.switchToHttp().getRequest<AssayRequest>();
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.assay === undefined) return undefined;
  const { actor, scope } = request.assay;
  const { method, url, body } = request;
  return idempotentRequest(String(key), { actor, projectId: scope.projectId, method, url, body });
}

function replay(recorded: Recorded, request: IdempotentRequest, reply: FastifyReply): unknown {
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
  void reply.status(recorded.status).header(REPLAYED, 'true');
  return recorded.response ?? undefined;
}
