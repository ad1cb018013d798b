import { AppError, type Experiment, type ExperimentAdmission } from '@assay/contracts';
import type { Cond } from '@assay/evaluation';
import { Holdout, Layer, LayerAllocation, type Experiment as ExperimentRow } from '@assay/models';
import { Clock } from '@assay/platform';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { allocate, freeShare, type LayerState } from './allocate.js';

/** What an experiment gets of layers and holdouts when it starts, and gives back when it ends. */
@Injectable()
export class Admissions {
  constructor(private readonly clock: Clock) {}

  /**
   * For a locked row that is about to be written, `before` as it was.
   *
   * @throws AppError `conflict` when its layer does not exist, has too little left or is another one while it runs
   */
  async settle(em: EntityManager, row: ExperimentRow, before: Experiment): Promise<void> {
    const [ran, runs] = [isRunning(before.status), isRunning(row.status)];
    if (!ran && runs) row.admission = { ...(await this.admit(em, row)) };
    else if (ran && !runs) await this.release(em, row);
    else if (runs) requireSamePart(row, before);
  }

  private async admit(em: EntityManager, row: ExperimentRow): Promise<ExperimentAdmission> {
    const project = row.project.id;
    const layer = row.layer === null ? null : await this.lockLayer(em, project, row.layer);
    const layers = layer === null ? [{ layer: null }] : [{ layer: null }, { layer: layer.id }];
    const holdouts = await em.find(Holdout, { project, releasedAt: null, $or: layers }, { orderBy: { id: 'asc' } });
    return {
      layer: layer === null ? null : await this.take(em, layer, row),
      holdouts: holdouts.map(({ key, salt, share }) => ({ key, salt, share })),
    };
  }

  private async take(em: EntityManager, layer: Layer, row: ExperimentRow): Promise<ExperimentAdmission['layer']> {
    if (!isDeepStrictEqual(row.unit, layer.unit)) {
      throw refused('unit', `must be ${JSON.stringify(layer.unit)}, like that of its layer '${layer.key}'`);
    }
    const parts = await em.find(LayerAllocation, { layer: layer.id, releasedAt: null });
    const active = parts.map(({ share, condition }) => ({ share, condition: condition as unknown as Cond }));
    const share = row.coverage / 100;
    const state: LayerState = {
      generation: layer.generation,
      salt: layer.salt,
      unit: layer.unit,
      excludes: layer.excludes as unknown as Cond[],
      mass: layer.mass,
      used: layer.used,
    };
    const allocation = allocate(state, active, share, (generation) => layerSalt(layer.id, generation));
    if (allocation === undefined || share === 0) {
      const free = Math.floor(freeShare(active) * 1e5 + 1e-6) / 1e3;
      throw refused('coverage', `must be above 0 and at most ${free}, which is what layer '${layer.key}' has left`);
    }
    const { condition } = allocation;
    const { generation, salt, excludes, mass, used } = allocation.layer;
    em.assign(layer, { generation, salt, excludes: excludes.map((each) => ({ ...(each as object) })), mass, used });
    layer.updatedAt = this.clock.now();
    em.create(LayerAllocation, { layer, experiment: row, share, generation, condition: { ...(condition as object) } });
    return { key: layer.key, share, condition };
  }

  private async release(em: EntityManager, row: ExperimentRow): Promise<void> {
    await em.nativeUpdate(
      LayerAllocation,
      { experiment: row.id, releasedAt: null },
      { releasedAt: this.clock.now(), updatedAt: this.clock.now() },
    );
  }

  /** Who starts in the same layer waits here. */
  private async lockLayer(em: EntityManager, project: string, key: string): Promise<Layer> {
    const layer = await em.findOne(Layer, { project, key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (layer === null) throw refused('layer', `'${key}' does not exist: make it with POST /layers`);
    return layer;
  }
}

/** Never that of another layer or generation; not made of keys, which can be given again. */
export const layerSalt = (layerId: string, generation: number): string => `layer:${layerId}.${generation}`;

const isRunning = (status: Experiment['status']): boolean => status === 'ACTIVE' || status === 'PAUSED';

function requireSamePart(row: ExperimentRow, before: Experiment): void {
  if (row.layer !== before.layer) throw refused('layer', 'cannot change while the experiment runs: its units would');
  const given = (row.admission as ExperimentAdmission | null)?.layer?.share;
  if (given === undefined || row.coverage / 100 <= given + 1e-9) return;
  throw refused('coverage', `must not exceed ${given * 100}, which is what its layer has given it`);
}

const refused = (path: string, message: string): AppError =>
  AppError.conflict(`${path} ${message}.`, 'layer_refused', [{ path, message }]);
