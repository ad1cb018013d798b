import { AppError, type Flag, type FlagEnvironmentSettings } from '@assay/contracts';
import { FlagCatalog, KeyRegister, References, toFlagDefinition } from '@assay/definitions';
import type { Flag as Document } from '@assay/evaluation';
import type { FeatureFlag, FeatureFlagOverride } from '@assay/models';
import { Clock, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { hasType } from '../check/check-flag.js';
import { compileFlagDocument } from '../compile/compile-flag-document.js';
import { withOverrides, withoutOverrides, type Override } from '../compile/with-overrides.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { soundDocument } from '../definition/read-document.js';
import { documentOf } from '../definition/to-flag.js';
import { usersOf } from '../references/users-of.js';
import { fieldOf, flagNode } from './flag-node.js';
import { Journal, type Author, type Entry } from './journal.service.js';

/** Which flag is changed, by whom, and which version they have seen. */
export interface EditTarget extends Author {
  readonly scope: { readonly projectId: string };
  readonly params: { readonly id: string };
  readonly ifMatch: IfMatch | undefined;
  /** Whether it may be an archived one. */
  readonly onArchived?: boolean;
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

/** Changes a flag; undefined when there is nothing to change. */
export type Work<T> = (editing: Editing) => Edited<T> | undefined | Promise<Edited<T> | undefined>;

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
    private readonly catalog: FlagCatalog,
    private readonly references: References,
  ) {}

  /** @param work changes the row or its overrides; undefined when there is nothing to change */
  async edit<T>(target: EditTarget, work: Work<T>): Promise<T | undefined> {
    const done = await this.em.fork().transactional(async (em) => {
      const row = await this.open(em, target);
      if (row.archivedAt !== null && target.onArchived !== true) throw archived(row.key);
      const overrides = await this.repository.overrides(em, row);
      const edited = await work({ em, row, overrides });
      if (edited === undefined) return undefined;
      const now = this.clock.now();
      requireFitting(row, edited.overrides ?? overrides);
      const document = compile(row, edited.overrides ?? overrides, now);
      const environments = compileEnvironments(row, edited.overrides ?? overrides, now);
      const node = flagNode(row.key, document, environments);
      await this.references.requireNoCircle(em, row.project.id, node, fieldOf(row.expertDefinition));
      row.definition = { ...document };
      row.environmentDefinitions = environments;
      // Also when only an override changes, its flag gets a new version.
      row.updatedAt = new Date(Math.max(now.getTime(), row.updatedAt.getTime() + 1));
      await em.flush();
      const flag = await this.journal.record(em, row, target, edited.entry());
      return { answer: edited.answer(flag), definition: toFlagDefinition(row), deleted: row.archivedAt !== null };
    });
    if (done === undefined) return undefined;
    // Who evaluates in this process need not wait for the log: a kill switch works when its answer arrives.
    this.catalog.accept({ deleted: done.deleted, definition: done.definition });
    return done.answer;
  }

  async remove(target: EditTarget): Promise<void> {
    const definition = await this.em.fork().transactional(async (em) => {
      const row = await this.open(em, target);
      await this.requireUnused(em, row);
      await this.journal.recordDeletion(em, row, target);
      await this.repository.remove(em, row);
      await this.keys.release(em, row.project.id, row.key);
      return toFlagDefinition(row);
    });
    this.catalog.accept({ deleted: true, definition });
  }

  /**
   * Until the transaction ends, nobody begins to read the flag.
   *
   * @throws AppError `in_use` while conditions read it: without it they would decide otherwise, and nobody would have been asked
   */
  async requireUnused(em: EntityManager, { project, key }: FeatureFlag): Promise<void> {
    await this.references.takeTurns(em, project.id);
    const users = await usersOf(em, 'flag', project.id, key);
    if (users.length > 0) {
      throw AppError.conflict(`Flag '${key}' is read by ${users.join(', ')}: change those first.`, 'in_use');
    }
  }

  private async open(em: EntityManager, { scope, params, ifMatch }: EditTarget): Promise<FeatureFlag> {
    const row = await this.repository.lock(em, scope.projectId, params.id);
    requireVersion(ifMatch, row.version);
    return row;
  }
}

/** @throws AppError `conflict` when the type has changed and overrides have not */
function requireFitting({ type }: FeatureFlag, overrides: readonly FeatureFlagOverride[]): void {
  const misfit = overrides.find(({ value }) => !hasType(value, type));
  if (misfit === undefined) return;
  const message = `is now ${type}, but the override of user '${misfit.userId}' is not: change or remove that first`;
  throw AppError.conflict(`type ${message}.`, 'conflict', [{ path: 'type', message }]);
}

/** What evaluation will run on. A definition written by hand takes nothing of an environment but whether it is on. */
function compile(
  row: FeatureFlag,
  overrides: readonly FeatureFlagOverride[],
  now: Date,
  settings: FlagEnvironmentSettings = {},
): Document {
  const own = row.expertDefinition
    ? { ...withoutOverrides(row.definition as unknown as Document), on: (settings.status ?? row.status) === 'ACTIVE' }
    : compileFlagDocument({ ...documentOf(row), ...given(settings), key: row.key, salt: row.salt });
  return withOverrides(own, overrides.map(toOverride), now.getTime());
}

/** What the environments with settings of their own run on. @throws AppError when settings do not fit the flag any more */
function compileEnvironments(
  row: FeatureFlag,
  overrides: readonly FeatureFlagOverride[],
  now: Date,
): Record<string, Record<string, unknown>> {
  const own = Object.entries(row.environmentSettings as Record<string, FlagEnvironmentSettings>);
  return Object.fromEntries(
    own.map(([id, settings]) => {
      if (!row.expertDefinition) soundDocument({ ...documentOf(row), ...given(settings) });
      const document = compile(row, overrides, now, settings);
      return [id, { ...document }];
    }),
  );
}

/** The settings that are there. */
const given = (settings: FlagEnvironmentSettings) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<
    ReturnType<typeof documentOf>
  >;

const archived = (key: string): AppError =>
  AppError.conflict(`Flag '${key}' is archived: bring it back first.`, 'archived');

function toOverride({ userId, value, expiresAt }: FeatureFlagOverride): Override {
  return { userId, value: value as Override['value'], expiresAt: expiresAt?.getTime() ?? null };
}
