import { AppError, type createLayer, type deleteLayer, type Layer, type listLayers, type Page } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Layer as LayerRow, LayerAllocation } from '@assay/models';
import { Clock, pageOf, requireVersion, type Call } from '@assay/platform';
import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { Journal } from '../editing/journal.service.js';
import { layerSalt } from './admissions.service.js';
import { freeShare } from './allocate.js';

/** Layers, and who has which part of them. */
@Injectable()
export class LayersService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  async list({ scope, query }: Call<typeof listLayers>): Promise<Page<Layer>> {
    const em = this.em.fork();
    const page = await pageOf(em, LayerRow, { project: scope.projectId }, query, {
      sortable: ['key', 'name', 'createdAt'],
      searchable: ['key', 'name', 'description'],
      populate: ['project'],
    });
    return { ...page, items: await this.answers(em, page.items) };
  }

  async read(projectId: string, idOrKey: string): Promise<Layer> {
    const em = this.em.fork();
    const row = await em.findOne(LayerRow, whereIdOrKey(projectId, idOrKey), { populate: ['project'] });
    if (row === null) throw AppError.notFound('Layer', idOrKey);
    return this.answer(em, row);
  }

  create(call: Call<typeof createLayer>): Promise<Layer> {
    const { body, scope } = call;
    return this.em.fork().transactional(async (em) => {
      if ((await em.count(LayerRow, { project: scope.projectId, key: body.key })) > 0) throw taken('layer', body.key);
      const [id, now] = [v7(), this.clock.now()];
      const fields = { id, ...body, salt: layerSalt(id, 1), createdAt: now, updatedAt: now };
      const row = em.create(LayerRow, { ...fields, project: scope.projectId });
      await em.flush();
      await em.populate(row, ['project']);
      const made = await this.answer(em, row);
      const resource = { type: 'layer', id, key: body.key, projectId: scope.projectId };
      await this.journal.recordOf(em, resource, call, { action: 'created', before: null, after: made });
      return made;
    });
  }

  async remove(call: Call<typeof deleteLayer>): Promise<void> {
    const { scope, params, ifMatch } = call;
    await this.em.fork().transactional(async (em) => {
      const where = whereIdOrKey(scope.projectId, params.id);
      const row = await em.findOne(LayerRow, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) throw AppError.notFound('Layer', params.id);
      requireVersion(ifMatch, row.version);
      await em.populate(row, ['project']);
      const before = await this.answer(em, row);
      const users = before.allocations.map(({ experiment }) => experiment);
      if (users.length > 0) {
        throw AppError.conflict(`Layer '${row.key}' is in use by ${users.join(', ')}: end those first.`, 'in_use');
      }
      const resource = { type: 'layer', id: row.id, key: row.key, projectId: scope.projectId };
      await this.journal.recordOf(em, resource, call, { action: 'deleted', before, after: null });
      await em.nativeDelete(LayerRow, { id: row.id });
    });
  }

  private async answer(em: EntityManager, row: LayerRow): Promise<Layer> {
    const [answer] = await this.answers(em, [row]);
    return answer as Layer;
  }

  private async answers(em: EntityManager, rows: readonly LayerRow[]): Promise<Layer[]> {
    const where = { layer: { $in: rows.map(({ id }) => id) }, releasedAt: null };
    const parts = await em.find(LayerAllocation, where, { populate: ['experiment'], orderBy: { id: 'asc' } });
    return rows.map((row) => {
      const own = parts.filter(({ layer }) => layer.id === row.id);
      const active = own.map(({ share }) => ({ share, condition: true as const }));
      return {
        id: row.id,
        key: row.key,
        project: row.project.getEntity().key,
        name: row.name,
        description: row.description,
        unit: row.unit,
        free: Math.round(freeShare(active) * 1e5) / 1e3,
        generation: row.generation,
        allocations: own.map(({ experiment, share, generation, createdAt }) => ({
          experiment: experiment.getEntity().key,
          share: Math.round(share * 1e5) / 1e3,
          generation,
          since: createdAt.toISOString(),
        })),
        createdAt: row.createdAt.toISOString(),
        updatedAt: row.updatedAt.toISOString(),
        version: row.version,
      };
    });
  }
}

export function taken(what: string, key: string): AppError {
  const message = `'${key}' is the key of another ${what} of this project`;
  return AppError.conflict(`${message}: choose another one.`, 'conflict', [{ path: 'key', message }]);
}
