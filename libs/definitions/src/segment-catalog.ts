import { segmentChanged, type SegmentDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { Segment } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog } from './definition-catalog.js';
import { rowSource } from './row-source.js';

/** Every segment, as its latest definition. */
@Injectable()
export class SegmentCatalog extends DefinitionCatalog<SegmentDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    super(segmentChanged, rowSource(em, { entity: Segment, toDefinition: toSegmentDefinition }), log);
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
