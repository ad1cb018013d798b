import { AppError, type Experiment, type RevisionChange, type SettledExperiment } from '@assay/contracts';
import { Experiment as ExperimentRow, type Environment } from '@assay/models';
import { Clock } from '@assay/platform';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { KeyRegister } from '@assay/definitions';
import { writeDocument } from '../definition/write-document.js';
import { LayerMaker } from '../layers/layer-maker.service.js';
import { TargetingGuard } from '../targeting/targeting-guard.service.js';
import { Journal, type Author } from './journal.service.js';

/** A draft to be made. */
export interface Draft {
  readonly projectId: string;
  readonly environment: Environment;
  /** The first of these that is free becomes the key. */
  readonly keys: readonly [string, ...string[]];
  readonly document: SettledExperiment;
  readonly change: Extract<RevisionChange, 'created' | 'cloned'>;
  readonly reason: string | null;
}

/** The one way to make an experiment, in the transaction of the caller. */
@Injectable()
export class ExperimentMaker {
  constructor(
    private readonly clock: Clock,
    private readonly keys: KeyRegister,
    private readonly targeting: TargetingGuard,
    private readonly journal: Journal,
    private readonly layers: LayerMaker,
  ) {}

  async make(em: EntityManager, draft: Draft, author: Author): Promise<Experiment> {
    if (author.actor.kind !== 'user') throw AppError.forbidden('An experiment has an owner: make it as a user.');
    const id = v7();
    const key = await this.keys.claim(em, { kind: 'experiment', projectId: draft.projectId, id }, ...draft.keys);
    const owner = { projectId: draft.projectId, environmentId: draft.environment.id, key };
    await this.targeting.requireAcyclic(em, owner, draft.document.targetingRules, 'targetingRules');
    const { variants: _variants, metrics: _metrics, startDate: _start, endDate: _end, ...fields } = draft.document;
    const row = em.create(ExperimentRow, {
      id,
      ...fields,
      key,
      // Nobody else in the project has this key, so nobody is bucketed alike.
      salt: key,
      project: draft.projectId,
      environment: draft.environment,
      owner: author.actor.id,
      createdAt: this.clock.now(),
      updatedAt: this.clock.now(),
    });
    await writeDocument(em, row, draft.document);
    await this.layers.ensure(em, draft.projectId, draft.document, author);
    await em.flush();
    await em.populate(row, ['project']);
    return this.journal.record(em, row, author, { change: draft.change, reason: draft.reason, before: null });
  }
}
