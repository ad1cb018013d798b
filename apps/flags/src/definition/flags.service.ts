import {
  AppError,
  type createFlag,
  type deleteFlag,
  type Flag,
  type FlagPatch,
  type listFlags,
  type Page,
  type updateFlag,
} from '@assay/contracts';
import { FlagCatalog, toFlagDefinition } from '@assay/definitions';
import { FeatureFlag } from '@assay/models';
import { Clock, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { v7 } from 'uuid';
import { compileFlagDocument } from '../compile/compile-flag-document.js';
import { FlagEditor, type Edited } from '../editing/flag-editor.service.js';
import { Journal } from '../editing/journal.service.js';
import { References } from '../references/references.repository.js';
import { FlagRepository } from './flag.repository.js';
import { KeyRegister } from '@assay/definitions';
import { patched, soundDocument } from './read-document.js';
import { documentOf, toFlag } from './to-flag.js';

/** Flags as documents: made, read, listed, patched, deleted. */
@Injectable()
export class FlagsService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly repository: FlagRepository,
    private readonly keys: KeyRegister,
    private readonly journal: Journal,
    private readonly editor: FlagEditor,
    private readonly catalog: FlagCatalog,
    private readonly references: References,
  ) {}

  async create(call: Call<typeof createFlag>): Promise<Flag> {
    const { key, ...input } = call.body;
    const document = soundDocument(input);
    if (call.actor.kind !== 'user') throw AppError.forbidden('A flag has an owner: make it as a user.');
    const { flag, definition } = await this.em.fork().transactional(async (em) => {
      const id = v7();
      const now = this.clock.now();
      await this.keys.claim(em, { kind: 'flag', projectId: call.scope.projectId, id }, key);
      // Nobody else in the project has this key, so nobody is bucketed alike.
      const compiled = compileFlagDocument({ ...document, key, salt: key });
      const changed = { kind: 'flag' as const, key, document: compiled, path: 'targetingRules' };
      await this.references.requireNoCircle(em, call.scope.projectId, changed);
      const row = em.create(FeatureFlag, {
        id,
        ...document,
        key,
        salt: key,
        definition: { ...compiled },
        project: call.scope.projectId,
        owner: call.actor.id,
        createdAt: now,
        updatedAt: now,
      });
      await em.flush();
      await em.populate(row, ['project']);
      const made = await this.journal.record(em, row, call, { change: 'created', before: null });
      return { flag: made, definition: toFlagDefinition(row) };
    });
    this.catalog.accept({ deleted: false, definition });
    return flag;
  }

  async list({ scope, query }: Call<typeof listFlags>): Promise<Page<Flag>> {
    const page = await this.repository.list(this.em.fork(), { projectId: scope.projectId, ...query }, query);
    return { ...page, items: page.items.map(toFlag) };
  }

  async read(projectId: string, idOrKey: string): Promise<Flag> {
    return toFlag(await this.repository.get(this.em.fork(), projectId, idOrKey));
  }

  async update(call: Call<typeof updateFlag>): Promise<Flag> {
    const changed = await this.editor.edit<Flag>(call, ({ em, row }) => this.patch(row, em, call.body));
    return changed ?? this.read(call.scope.projectId, call.params.id);
  }

  /** Writes a merge patch into a locked row; undefined when it changes nothing. @throws AppError for a result that is not sound */
  patch(row: FeatureFlag, em: EntityManager, patch: FlagPatch): Edited<Flag> | undefined {
    const before = toFlag(row);
    const document = documentOf(row);
    const after = patched(document, row.expertDefinition, patch);
    if (isDeepStrictEqual(document, after.document)) return undefined;
    em.assign(row, { ...after.document, expertDefinition: after.expertDefinition });
    return { entry: () => ({ change: 'updated' as const, before }), answer: (flag) => flag };
  }

  remove(call: Call<typeof deleteFlag>): Promise<void> {
    return this.editor.remove(call);
  }
}
