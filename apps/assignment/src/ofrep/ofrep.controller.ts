import { apiKeyHash } from '@assay/auth';
import { evaluateFlag, evaluateFlags, MAX_CONTEXT_BYTES, type RouteShape } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OfrepService, type Answer, type Caller } from './ofrep.service.js';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** The ordinary way to evaluate; `OfrepLane` answers most calls before they come here. */
@Controller()
export class OfrepController {
  constructor(private readonly ofrep: OfrepService) {}

  @Endpoint(evaluateFlag)
  async evaluate(
    @Input() call: Call<typeof evaluateFlag>,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return sent(await this.ofrep.evaluate(callerOf(call, headers), call.params.key, call.body), reply);
  }

  @Endpoint(evaluateFlags)
  async evaluateAll(
    @Input() call: Call<typeof evaluateFlags>,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return sent(await this.ofrep.evaluateAll(callerOf(call, headers), call.body, headers['if-none-match']), reply);
  }
}

function callerOf({ actor, scope }: Call<RouteShape>, headers: RequestHeaders): Caller {
  const isKey = actor.kind === 'server' || actor.kind === 'client';
  return {
    actor,
    scope,
    keyHash: isKey ? apiKeyHash(headers) : undefined,
    userAgent: headers['user-agent'],
    isSmall: isSmallBody(headers),
  };
}

/** Whether a body says of itself that it has less than what a context may have. */
function isSmallBody(headers: RequestHeaders): boolean {
  return headers['content-encoding'] === undefined && Number(headers['content-length']) <= MAX_CONTEXT_BYTES;
}

function sent({ status, text, etag }: Answer, reply: FastifyReply): string | undefined {
  void reply.status(status);
  if (etag !== undefined) void reply.header('etag', etag);
  if (status === 304) return undefined;
  void reply.header('content-type', 'application/json; charset=utf-8');
  return text;
}
