import {
  AppError,
  type archiveFlag,
  type cloneFlag,
  type compareFlagRevisions,
  type Flag,
  type FlagDocument,
  type restoreFlagRevision,
  type unarchiveFlag,
} from '@assay/contracts';
import type { Flag as Document } from '@assay/evaluation';
import { FlagRevision } from '@assay/models';
import { Clock, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { withoutOverrides } from '../compile/with-overrides.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { soundDocument } from '../definition/read-document.js';
import { documentOf, toFlag } from '../definition/to-flag.js';
import { FlagEditor } from '../editing/flag-editor.service.js';
import { FlagMaker } from '../editing/flag-maker.service.js';
import { differences } from './differences.js';

type Snapshot = { readonly flag: Flag; readonly document: Document };

/** What happens to flags besides their settings: copies, the archive, the way back. */
@Injectable()
export class FlagLifeService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly flags: FlagRepository,
    private readonly maker: FlagMaker,
    private readonly editor: FlagEditor,
  ) {}

  clone(call: Call<typeof cloneFlag>): Promise<Flag> {
    const { scope, params, body } = call;
    return this.maker.make(call, async (em) => {
      const original = await this.flags.get(em, scope.projectId, params.id);
      const { key } = body;
      const own = withoutOverrides(original.definition as unknown as Document);
      return {
        key,
        document: { ...documentOf(original), name: body.name ?? original.name, status: 'INACTIVE' },
        ...(original.expertDefinition ? { definition: { ...own, key, on: false } } : {}),
        change: 'cloned',
        reason: `copy of ${original.key}, version ${original.version}`,
      };
    });
  }

  async archive(call: Call<typeof archiveFlag>): Promise<Flag> {
    const done = await this.editor.edit<Flag>({ ...call, onArchived: true }, async ({ em, row }) => {
      if (row.archivedAt !== null) return undefined;
      await this.editor.requireUnused(em, row);
      const before = toFlag(row);
      row.status = 'INACTIVE';
      row.archivedAt = this.clock.now();
      return { entry: () => ({ change: 'archived' as const, before }), answer: (flag) => flag };
    });
    return done ?? this.read(call);
  }

  async unarchive(call: Call<typeof unarchiveFlag>): Promise<Flag> {
    const done = await this.editor.edit<Flag>({ ...call, onArchived: true }, ({ row }) => {
      if (row.archivedAt === null) return undefined;
      const before = toFlag(row);
      row.archivedAt = null;
      return { entry: () => ({ change: 'unarchived' as const, before }), answer: (flag) => flag };
    });
    return done ?? this.read(call);
  }

  async compare({ scope, params, query }: Call<typeof compareFlagRevisions>) {
    const em = this.em.fork();
    const { id, version } = await this.flags.get(em, scope.projectId, params.id);
    const to = query.to ?? version;
    const [older, newer] = [await revision(em, id, params.version), await revision(em, id, to)];
    return { from: params.version, to, differences: differences(compared(older), compared(newer)) };
  }

  async restore(call: Call<typeof restoreFlagRevision>): Promise<Flag> {
    const { scope, params, body } = call;
    const em = this.em.fork();
    const { id } = await this.flags.get(em, scope.projectId, params.id);
    const { flag, document } = await revision(em, id, params.version);
    const done = await this.editor.edit<Flag>(call, ({ em: writing, row }) => {
      const before = toFlag(row);
      const { expertDefinition } = flag;
      const settings = settingsOf(flag);
      const own = expertDefinition ? { definition: { ...withoutOverrides(document) } } : {};
      writing.assign(row, { ...(expertDefinition ? settings : soundDocument(settings)), ...own, expertDefinition });
      const reason = body.reason === '' ? `as in version ${params.version}` : body.reason;
      return { entry: () => ({ change: 'restored' as const, reason, before }), answer: (after) => after };
    });
    return done ?? this.read(call);
  }

  private async read({ scope, params }: Pick<Call<typeof archiveFlag>, 'scope' | 'params'>): Promise<Flag> {
    return toFlag(await this.flags.get(this.em.fork(), scope.projectId, params.id));
  }
}

async function revision(em: EntityManager, flagId: string, version: number): Promise<Snapshot> {
  const row = await em.findOne(FlagRevision, { featureFlag: flagId, version });
  if (row === null) throw AppError.notFound('Version', String(version));
  return row.definition as unknown as Snapshot;
}

/** What of an answered flag its author wrote. Versions from before a field existed do not have it. */
function settingsOf(flag: Flag): FlagDocument {
  const { name, description, type, status, rolloutPercentage, targetingRules, variants } = flag;
  const { defaultVariant, offVariant, clientSide, tags } = flag;
  const rest = { defaultVariant, offVariant, clientSide, tags, valueSchema: flag.valueSchema ?? null };
  return { name, description, type, status, rolloutPercentage, targetingRules, variants, ...rest };
}

/** The parts of a version that are compared: not when it was, but what it was. */
const compared = ({ flag, document }: Snapshot) => ({
  ...settingsOf(flag),
  ...(flag.expertDefinition ? { definition: document } : {}),
});
