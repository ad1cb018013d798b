import {
  AppError,
  type createHoldout,
  type Holdout,
  type listHoldouts,
  type Page,
  type releaseHoldout,
} from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Holdout as HoldoutRow, Layer } from '@assay/models';
import { Clock, pageOf, requireVersion, type Call } from '@assay/platform';
import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { Journal } from '../editing/journal.service.js';
import { taken } from './layers.service.js';

/** Units that are kept out of experiments. */
@Injectable()
export class HoldoutsService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  async list({ scope, query }: Call<typeof listHoldouts>): Promise<Page<Holdout>> {
    const page = await pageOf(this.em.fork(), HoldoutRow, { project: scope.projectId }, query, {
      sortable: ['key', 'name', 'createdAt'],
      searchable: ['key', 'name', 'description'],
      populate: ['project', 'layer'],
    });
    return { ...page, items: page.items.map(toHoldout) };
  }

  create(call: Call<typeof createHoldout>): Promise<Holdout> {
    const { scope, body } = call;
    const project = scope.projectId;
    return this.em.fork().transactional(async (em) => {
      if ((await em.count(HoldoutRow, { project, key: body.key })) > 0) throw taken('holdout', body.key);
      const layer = body.layer === null ? null : await em.findOne(Layer, { project, key: body.layer });
      if (layer === null && body.layer !== null)
        throw AppError.field('layer', 'is the key of no layer of this project');
      const [id, now] = [v7(), this.clock.now()];
      const fields = { id, ...body, layer, salt: `holdout:${id}`, createdAt: now, updatedAt: now };
      const row = em.create(HoldoutRow, { ...fields, project });
      await em.flush();
      await em.populate(row, ['project', 'layer']);
      const made = toHoldout(row);
      const resource = { type: 'holdout', id, key: body.key, projectId: project };
      await this.journal.recordOf(em, resource, call, { action: 'created', before: null, after: made });
      return made;
    });
  }

  release(call: Call<typeof releaseHoldout>): Promise<Holdout> {
    const { scope, params, ifMatch } = call;
    return this.em.fork().transactional(async (em) => {
      const where = whereIdOrKey(scope.projectId, params.id);
      const row = await em.findOne(HoldoutRow, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) throw AppError.notFound('Holdout', params.id);
      requireVersion(ifMatch, row.version);
      await em.populate(row, ['project', 'layer']);
      if (row.releasedAt !== null) return toHoldout(row);
      const before = toHoldout(row);
      row.releasedAt = this.clock.now();
      await em.flush();
      const after = toHoldout(row);
      const resource = { type: 'holdout', id: row.id, key: row.key, projectId: scope.projectId };
      await this.journal.recordOf(em, resource, call, { action: 'released', before, after });
      return after;
    });
  }
}

function toHoldout(row: HoldoutRow): Holdout {
  return {
    id: row.id,
    key: row.key,
    project: row.project.getEntity().key,
    name: row.name,
    description: row.description,
    layer: row.layer?.getEntity().key ?? null,
    share: row.share,
    releasedAt: row.releasedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}
