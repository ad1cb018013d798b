import { segmentChanged, type SegmentDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { Segment } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog, type DefinitionSource } from './definition-catalog.js';
import { readPages, whereIdOrKey } from './read-pages.js';

/** Every segment, as its latest definition. */
@Injectable()
export class SegmentCatalog extends DefinitionCatalog<SegmentDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    super(segmentChanged, segmentSource(em), log);
  }
}

/** A segment row as the definition that other services work with. */
export function toSegmentDefinition(segment: Segment): SegmentDefinition {
  return {
    id: segment.id,
    projectId: segment.project.id,
    key: segment.key,
    version: segment.version,
    condition: segment.condition,
    changedAt: segment.updatedAt.getTime(),
  };
}

function segmentSource(em: EntityManager): DefinitionSource<SegmentDefinition> {
  return {
    async *changedSince(since) {
      const where = since === undefined ? {} : { updatedAt: { $gte: since } };
      const read = (after: string | undefined, limit: number) =>
        em
          .fork()
          .find(
            Segment,
            { $and: [where, after === undefined ? {} : { id: { $gt: after } }] },
            { orderBy: { id: 'asc' }, limit },
          );
      for await (const segment of readPages(read)) yield { deleted: false, definition: toSegmentDefinition(segment) };
    },
    async one(projectId, idOrKey) {
      const segment = await em.fork().findOne(Segment, whereIdOrKey(projectId, idOrKey));
      return segment === null ? undefined : toSegmentDefinition(segment);
    },
  };
}
