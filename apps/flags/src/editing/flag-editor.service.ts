import { AppError, type Flag } from '@assay/contracts';
import type { Flag as Document } from '@assay/evaluation';
import type { FeatureFlag, FeatureFlagOverride } from '@assay/models';
import { Clock } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { compileFlagDocument } from '../compile/compile-flag-document.js';
import { withOverrides, withoutOverrides, type Override } from '../compile/with-overrides.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { KeyRegister } from '../definition/key-register.repository.js';
import { documentOf } from '../definition/to-flag.js';
import { Journal, type Author, type Entry } from './journal.service.js';

/** Which flag is changed, by whom, and which version they have seen. */
export interface EditTarget extends Author {
  readonly scope: { readonly projectId: string };
  readonly params: { readonly id: string };
  readonly ifMatch: number | undefined;
}

/** What the work gives back: what to tell, what to answer once it is written, and the overrides if they have changed. */
export interface Edited<T> {
  readonly entry: () => Entry;
  readonly answer: (flag: Flag) => T;
  readonly overrides?: readonly FeatureFlagOverride[];
}

/** A locked flag that may be changed. */
export interface Editing {
  readonly em: EntityManager;
  readonly row: FeatureFlag;
  readonly overrides: readonly FeatureFlagOverride[];
}

/**
 * The one way to change a flag: a transaction that locks it, checks `If-Match`, lets the caller write, compiles the document
 * anew, and tells of it.
 */
@Injectable()
export class FlagEditor {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly repository: FlagRepository,
    private readonly keys: KeyRegister,
    private readonly journal: Journal,
  ) {}

  /** @param work changes the row or its overrides; undefined when there is nothing to change */
  edit<T>(target: EditTarget, work: (editing: Editing) => Edited<T> | undefined): Promise<T | undefined> {
    return this.em.fork().transactional(async (em) => {
      const row = await this.open(em, target);
      const overrides = await this.repository.overrides(em, row);
      const edited = work({ em, row, overrides });
      if (edited === undefined) return undefined;
      const now = this.clock.now();
      row.definition = { ...compile(row, edited.overrides ?? overrides, now) };
      // Also when only an override changes, its flag gets a new version.
      row.updatedAt = new Date(Math.max(now.getTime(), row.updatedAt.getTime() + 1));
      await em.flush();
      return edited.answer(await this.journal.record(em, row, target, edited.entry()));
    });
  }

  async remove(target: EditTarget): Promise<void> {
    await this.em.fork().transactional(async (em) => {
      const row = await this.open(em, target);
      await this.journal.recordDeletion(em, row, target);
      await this.repository.remove(em, row);
      await this.keys.release(em, row.project.id, row.key);
    });
  }

  private async open(em: EntityManager, { scope, params, ifMatch }: EditTarget): Promise<FeatureFlag> {
    const row = await this.repository.lock(em, scope.projectId, params.id);
    if (ifMatch !== undefined && ifMatch !== row.version) throw AppError.versionConflict(String(ifMatch), row.version);
    return row;
  }
}

/** What evaluation will run on. */
function compile(row: FeatureFlag, overrides: readonly FeatureFlagOverride[], now: Date): Document {
  const own = row.expertDefinition
    ? { ...withoutOverrides(row.definition as unknown as Document), on: row.status === 'ACTIVE' }
    : compileFlagDocument({ ...documentOf(row), key: row.key, salt: row.salt });
  return withOverrides(own, overrides.map(toOverride), now.getTime());
}

function toOverride({ userId, value, expiresAt }: FeatureFlagOverride): Override {
  return { userId, value: value as Override['value'], expiresAt: expiresAt?.getTime() ?? null };
}
