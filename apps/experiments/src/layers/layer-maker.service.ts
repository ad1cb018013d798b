import type { Layer } from '@assay/contracts';
import { Layer as LayerRow } from '@assay/models';
import { Clock } from '@assay/platform';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { Journal, type Author } from '../editing/journal.service.js';
import { layerSalt } from './admissions.service.js';

const INSERT = `
  insert into experimentation.layers (id, project_id, key, name, unit, salt, created_at, updated_at)
  values (?, ?, ?, ?, ?::jsonb, ?, ?, ?) on conflict (project_id, key) do nothing returning id`;

/** Makes the layers that experiments name. */
@Injectable()
export class LayerMaker {
  constructor(
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  /** A layer is there once an experiment names it: with the unit of the first that does, and its key as its name. */
  async ensure(
    em: EntityManager,
    projectId: string,
    { layer: key, unit }: { readonly layer: string | null; readonly unit: string[] },
    author: Author,
  ): Promise<void> {
    if (key === null || (await em.count(LayerRow, { project: projectId, key })) > 0) return;
    const [id, now] = [v7(), this.clock.now()];
    const values = [id, projectId, key, key, JSON.stringify(unit), layerSalt(id, 1), now, now];
    const made = await em.execute<unknown[]>(INSERT, values);
    // Somebody else was first.
    if (made.length === 0) return;
    const after: Partial<Layer> = { id, key, name: key, unit };
    const resource = { type: 'layer', id, key, projectId };
    await this.journal.recordOf(em, resource, author, { action: 'created', before: null, after });
  }
}
