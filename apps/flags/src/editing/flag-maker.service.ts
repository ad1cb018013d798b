import { AppError, type Flag, type FlagChange } from '@assay/contracts';
import { FlagCatalog, KeyRegister, References, toFlagDefinition } from '@assay/definitions';
import type { Flag as Document } from '@assay/evaluation';
import { FeatureFlag } from '@assay/models';
import { Clock } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { compileFlagDocument } from '../compile/compile-flag-document.js';
import type { SoundDocument } from '../definition/read-document.js';
import { fieldOf, flagNode } from './flag-node.js';
import { Journal, type Author } from './journal.service.js';

/** A flag to be made. */
export interface Draft {
  readonly key: string;
  readonly document: SoundDocument;
  /** Written by hand; else it is compiled from the document. */
  readonly definition?: Document;
  readonly change: FlagChange;
  readonly reason?: string;
}

/** The one way to make a flag. */
@Injectable()
export class FlagMaker {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly keys: KeyRegister,
    private readonly references: References,
    private readonly journal: Journal,
    private readonly catalog: FlagCatalog,
  ) {}

  /** @param draft what to make, found out in the transaction that makes it */
  async make(
    { scope: { projectId }, ...author }: Author & { readonly scope: { readonly projectId: string } },
    draft: (em: EntityManager) => Draft | Promise<Draft>,
  ): Promise<Flag> {
    const { actor } = author;
    if (actor.kind !== 'user') throw AppError.forbidden('A flag has an owner: make it as a user.');
    const made = await this.em.fork().transactional(async (em) => {
      const { key, document, definition, change, reason = null } = await draft(em);
      const id = v7();
      const now = this.clock.now();
      await this.keys.claim(em, { kind: 'flag', projectId, id }, key);
      // Nobody else in the project has this key, so nobody is bucketed alike.
      const compiled = definition ?? compileFlagDocument({ ...document, key, salt: key });
      const expertDefinition = definition !== undefined;
      await this.references.requireNoCircle(em, projectId, flagNode(key, compiled), fieldOf(expertDefinition));
      const row = em.create(FeatureFlag, {
        id,
        ...document,
        key,
        salt: key,
        definition: { ...compiled },
        expertDefinition,
        project: projectId,
        owner: actor.id,
        createdAt: now,
        updatedAt: now,
      });
      await em.flush();
      await em.populate(row, ['project']);
      const flag = await this.journal.record(em, row, author, { change, reason, before: null });
      return { flag, definition: toFlagDefinition(row) };
    });
    this.catalog.accept({ deleted: false, definition: made.definition });
    return made.flag;
  }
}
