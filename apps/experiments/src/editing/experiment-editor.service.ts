import { SYSTEM_ACTOR, type Experiment } from '@assay/contracts';
import type { EntityManager, Experiment as ExperimentRow } from '@assay/models';
import { Clock, requireVersion, type IfMatch } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { ExperimentRepository } from '../definition/experiment.repository.js';
import { KeyRegister } from '@assay/definitions';
import { toExperiment, toSnapshot } from '../definition/to-experiment.js';
import { writeDocument } from '../definition/write-document.js';
import { Admissions } from '../layers/admissions.service.js';
import { LayerMaker } from '../layers/layer-maker.service.js';
import { dueEdit } from '../lifecycle/due-edit.js';
import { TargetingGuard } from '../targeting/targeting-guard.service.js';
import { ExperimentTransaction } from './experiment-transaction.service.js';
import { Journal, type Author } from './journal.service.js';
import type { Edit, Snapshot } from './snapshot.js';

/** Which experiment is changed, by whom, and which version they have seen. */
export interface EditTarget extends Author {
  readonly scope: { readonly projectId: string };
  readonly params: { readonly id: string };
  readonly ifMatch: IfMatch | undefined;
}

const PLATFORM: Author = { actor: SYSTEM_ACTOR, origin: null };

/**
 * The one way to change an experiment: a transaction that locks it, lets time do what is due, checks `If-Match`, asks a pure
 * decision, writes what it says, and tells of it.
 */
@Injectable()
export class ExperimentEditor {
  constructor(
    private readonly transaction: ExperimentTransaction,
    private readonly clock: Clock,
    private readonly repository: ExperimentRepository,
    private readonly keys: KeyRegister,
    private readonly targeting: TargetingGuard,
    private readonly journal: Journal,
    private readonly admissions: Admissions,
    private readonly layers: LayerMaker,
  ) {}

  /** @param decide gives what to write, undefined for nothing, or throws the refusal */
  edit(target: EditTarget, decide: (snapshot: Snapshot, now: Date) => Edit | undefined): Promise<Experiment> {
    return this.transaction.run(async (em) => {
      const row = await this.open(em, target);
      const edit = decide(toSnapshot(row), this.clock.now());
      return edit === undefined ? toExperiment(row) : this.apply(em, row, edit, target);
    });
  }

  /** Takes an experiment away; `decide` throws the refusal. */
  async remove(target: EditTarget, decide: (snapshot: Snapshot) => void): Promise<void> {
    await this.transaction.run(async (em) => {
      const row = await this.open(em, target);
      decide(toSnapshot(row));
      await this.journal.recordDeletion(em, row, target);
      await this.repository.remove(em, row);
      await this.keys.release(em, row.project.id, row.key);
    });
  }

  /** Does what time has decided about a locked row; true when there was something. */
  async settle(em: EntityManager, row: ExperimentRow): Promise<boolean> {
    const due = dueEdit(toSnapshot(row), this.clock.now());
    if (due !== undefined) await this.apply(em, row, due, PLATFORM);
    return due !== undefined;
  }

  private async open(em: EntityManager, { scope, params, ifMatch }: EditTarget): Promise<ExperimentRow> {
    const row = await this.repository.lock(em, scope.projectId, params.id);
    // A change that comes after the planned time meets the experiment as it is by then, whether or not the scheduler was there first.
    await this.settle(em, row);
    requireVersion(ifMatch, row.version);
    return row;
  }

  private async apply(em: EntityManager, row: ExperimentRow, edit: Edit, author: Author): Promise<Experiment> {
    const before = toExperiment(row);
    if (edit.document !== undefined) {
      const path = edit.change === 'amended' ? 'change.targetingRules' : 'targetingRules';
      const owner = { projectId: row.project.id, environmentId: row.environment.id, key: row.key };
      await this.targeting.requireAcyclic(em, owner, edit.document.targetingRules, path);
      await writeDocument(em, row, edit.document);
    }
    if (edit.lifecycle !== undefined) em.assign(row, edit.lifecycle);
    // Also at a start: it may have been deleted since the draft named it.
    const starts = row.status === 'ACTIVE' && before.status === 'DRAFT';
    if (starts || row.layer !== before.layer) await this.layers.ensure(em, row.project.id, row, author);
    await this.admissions.settle(em, row, before);
    // Also when only variants or metrics change, their experiment gets a new version.
    row.updatedAt = new Date(Math.max(this.clock.now().getTime(), row.updatedAt.getTime() + 1));
    await em.flush();
    await Promise.all([row.variants.init(), row.metricDefinitions.init()]);
    return this.journal.record(em, row, author, { change: edit.change, reason: edit.reason, before });
  }
}
