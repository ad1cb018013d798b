import type { createFlag, deleteFlag, Flag, FlagPatch, listFlags, Page, updateFlag } from '@assay/contracts';
import type { FeatureFlag } from '@assay/models';
import type { Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { FlagEditor, type Edited } from '../editing/flag-editor.service.js';
import { FlagMaker } from '../editing/flag-maker.service.js';
import { FlagRepository } from './flag.repository.js';
import { patched, soundDocument } from './read-document.js';
import { documentOf, toFlag } from './to-flag.js';

/** Flags as documents: made, read, listed, patched, deleted. */
@Injectable()
export class FlagsService {
  constructor(
    private readonly em: EntityManager,
    private readonly repository: FlagRepository,
    private readonly maker: FlagMaker,
    private readonly editor: FlagEditor,
  ) {}

  create(call: Call<typeof createFlag>): Promise<Flag> {
    const { key, ...input } = call.body;
    const document = soundDocument(input);
    return this.maker.make(call, () => ({ key, document, change: 'created' }));
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
