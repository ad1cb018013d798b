import { Unprotected } from '@assay/auth';
import { AppError, allRoutes, openApiDocument } from '@assay/contracts';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DOCS_PAGE, docsAssets } from './docs-page.js';

const INFO = {
  title: 'Assay',
  version: '1',
  description:
    'Feature flags, experiments, events and results. Errors are RFC 9457 problem documents; lists page by `cursor`; ' +
    'a resource’s `version` is its `ETag`, which `If-Match` takes back.',
};

/** The interface described by itself, and a page to read and try it. */
@Unprotected()
@Controller('api')
export class OpenApiController {
  private readonly assets = docsAssets();
  private known: Record<string, unknown> | undefined;

  @Get('openapi.json')
  document(): Record<string, unknown> {
    // Made when somebody asks: it takes as long as a fifth of the whole start.
    return (this.known ??= openApiDocument(INFO, allRoutes));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return DOCS_PAGE;
  }

  @Get('docs/:file')
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const asset = this.assets.get(file);
    if (asset === undefined) throw AppError.notFound('File', file);
    await reply.header('content-type', asset.type).header('cache-control', 'public, max-age=3600').send(asset.content);
  }
}
