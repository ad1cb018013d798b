import { readFlagDefinition, replaceFlagDefinition, type FlagDefinitionAnswer } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FlagDefinitionService, type VersionedDocument } from './flag-definition.service.js';

/** The document has no version of its own: its flag's is the ETag. */
@Controller()
export class FlagDefinitionController {
  constructor(private readonly definitions: FlagDefinitionService) {}

  @Endpoint(readFlagDefinition)
  async read(@Input() call: Call<typeof readFlagDefinition>, @Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.definitions.read(call), reply);
  }

  @Endpoint(replaceFlagDefinition)
  async replace(@Input() call: Call<typeof replaceFlagDefinition>, @Res({ passthrough: true }) reply: FastifyReply) {
    const { made, ...written } = await this.definitions.put(call);
    if (made) void reply.status(201);
    return answer(written, reply);
  }
}

function answer({ document, version }: VersionedDocument, reply: FastifyReply): FlagDefinitionAnswer {
  void reply.header('etag', `"${version}"`);
  return document;
}
