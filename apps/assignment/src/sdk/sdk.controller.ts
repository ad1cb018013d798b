import { readSdkDefinitions } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { matchesEtag } from '../ofrep/bulk-etag.js';
import { sdkClient } from './sdk-client.js';
import { SdkService } from './sdk.service.js';

@Controller()
export class SdkController {
  constructor(private readonly sdk: SdkService) {}

  @Endpoint(readSdkDefinitions)
  read(
    @Input() { actor, scope, query }: Call<typeof readSdkDefinitions>,
    @Headers() headers: Record<string, string | undefined>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const etag = this.sdk.etag(scope);
    this.sdk.confirm(scope, sdkClient(actor, query.client, headers['user-agent']));
    void reply.header('etag', etag);
    if (!matchesEtag(headers['if-none-match'], etag)) return this.sdk.definitions(scope);
    void reply.status(304);
    return undefined;
  }
}
