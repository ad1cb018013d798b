import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerProblem } from './answer-problem.js';
import type { AssayRequest } from './call.js';

/** The one place where an error of a handler becomes an HTTP answer: `application/problem+json`, no internals in a 5xx. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest<AssayRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}
