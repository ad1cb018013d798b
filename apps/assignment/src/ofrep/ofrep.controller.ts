import { evaluateFlag, evaluateFlags } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { matchesEtag } from './bulk-etag.js';
import { OfrepService } from './ofrep.service.js';

@Controller()
export class OfrepController {
  constructor(private readonly ofrep: OfrepService) {}

  @Endpoint(evaluateFlag)
  async evaluate(@Input() call: Call<typeof evaluateFlag>, @Res({ passthrough: true }) reply: FastifyReply) {
    const answer = await this.ofrep.evaluate(call);
    if ('errorCode' in answer) void reply.status(answer.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400);
    return answer;
  }

  @Endpoint(evaluateFlags)
  async evaluateAll(
    @Input() call: Call<typeof evaluateFlags>,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const answer = await this.ofrep.evaluateAll(call);
    if ('errorCode' in answer) {
      void reply.status(400);
      return answer;
    }
    void reply.header('etag', answer.etag);
    if (!matchesEtag(ifNoneMatch, answer.etag)) return answer.bulk;
    void reply.status(304);
    return undefined;
  }
}
