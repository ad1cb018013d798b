import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** Answers that carry a `version` get it as their `ETag`, which `If-Match` takes back. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((answer: unknown) => {
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        if (hasVersion(answer) && !reply.hasHeader('etag')) void reply.header('etag', `"${answer.version}"`);
        return answer;
      }),
    );
  }
}

const hasVersion = (answer: unknown): answer is { version: number } =>
  typeof answer === 'object' && answer !== null && 'version' in answer && typeof answer.version === 'number';
