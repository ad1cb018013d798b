import {
  AppError,
  fieldErrors,
  FlagEnvironmentSettings,
  type AuditRecord,
  type FlagEnvironment,
  type readFlagEnvironment,
  type RuleModelFlag,
  type updateFlagEnvironment,
  mergePatch,
} from '@assay/contracts';
import type { FeatureFlag } from '@assay/models';
import type { Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { FlagRepository } from '../definition/flag.repository.js';
import { namedRules } from '../compile/compile-flag-document.js';
import { FlagEditor, type Edited } from '../editing/flag-editor.service.js';

type Where = { readonly environmentId: string; readonly environmentKey: string };

/** What a flag has of its own in an environment. */
@Injectable()
export class FlagEnvironmentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly flags: FlagRepository,
    private readonly editor: FlagEditor,
  ) {}

  async read({ scope, params }: Pick<Call<typeof readFlagEnvironment>, 'scope' | 'params'>): Promise<FlagEnvironment> {
    return answer(await this.flags.get(this.em.fork(), scope.projectId, params.id), scope);
  }

  async update(call: Call<typeof updateFlagEnvironment>): Promise<FlagEnvironment> {
    await this.editor.edit(call, ({ row }) => this.change(row, call.scope, call.body));
    return this.read(call);
  }

  /** Writes the settings with a patch in them; undefined when that changes nothing. @throws AppError `validation_failed` */
  change(row: FeatureFlag, where: Where, patch: object): Edited<undefined> | undefined {
    const before = settingsOf(row, where.environmentId);
    const parsed = FlagEnvironmentSettings.safeParse(mergePatch(before, patch));
    if (!parsed.success) throw AppError.validation(fieldErrors(parsed.error));
    const { targetingRules, ...rest } = parsed.data;
    const after = { ...rest, ...(targetingRules === undefined ? {} : { targetingRules: namedRules(targetingRules) }) };
    if (isDeepStrictEqual(before, after)) return undefined;
    const { [where.environmentId]: _old, ...others } = row.environmentSettings;
    row.environmentSettings = Object.keys(after).length === 0 ? others : { ...others, [where.environmentId]: after };
    const named = (settings: object) => ({ environment: where.environmentKey, settings }) as AuditRecord['before'];
    const entry = () => ({ change: 'environment_changed' as const, before: named(before), after: named(after) });
    return { entry, answer: () => undefined };
  }
}

const settingsOf = (row: FeatureFlag, environmentId: string): FlagEnvironmentSettings =>
  (row.environmentSettings[environmentId] ?? {}) as FlagEnvironmentSettings;

function answer(row: FeatureFlag, { environmentId, environmentKey }: Where): FlagEnvironment {
  return {
    environment: environmentKey,
    settings: settingsOf(row, environmentId),
    document: (row.environmentDefinitions[environmentId] ?? row.definition) as RuleModelFlag,
    version: row.version,
  };
}
