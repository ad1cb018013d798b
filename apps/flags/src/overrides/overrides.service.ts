import {
  AppError,
  type createFlagOverride,
  type deleteFlagOverride,
  type FlagOverride,
  type listFlagOverrides,
  type Page,
  type readFlagOverride,
  type updateFlagOverride,
} from '@assay/contracts';
import { FeatureFlagOverride, type FeatureFlag } from '@assay/models';
import { Clock, pageOf, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { hasType, typeName } from '../check/check-flag.js';
import { checkValues } from '../check/value-schema.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { FlagEditor } from '../editing/flag-editor.service.js';

/** More than this are a segment or a targeting rule. */
const MAX_OVERRIDES = 10_000;

/** Values for single users. Each change makes a new version of the flag. */
@Injectable()
export class OverridesService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly flags: FlagRepository,
    private readonly editor: FlagEditor,
  ) {}

  async list({ scope, params, query }: Call<typeof listFlagOverrides>): Promise<Page<FlagOverride>> {
    const em = this.em.fork();
    const { id, version } = await this.flags.get(em, scope.projectId, params.id);
    const where = { featureFlag: id, ...(query.userId === undefined ? {} : { userId: query.userId }) };
    const page = await pageOf(em, FeatureFlagOverride, where, query, {
      sortable: ['-createdAt', 'userId', 'expiresAt'],
      searchable: ['userId', 'reason'],
    });
    return { ...page, items: page.items.map((row) => toOverride(row, version)) };
  }

  async read({ scope, params }: Call<typeof readFlagOverride>): Promise<FlagOverride> {
    const em = this.em.fork();
    const flag = await this.flags.get(em, scope.projectId, params.id);
    return toOverride(named(await this.flags.overrides(em, flag), params.override), flag.version);
  }

  async create(call: Call<typeof createFlagOverride>): Promise<FlagOverride> {
    const { body } = call;
    const made = await this.editor.edit(call, ({ em, row, overrides }) => {
      const expired = overrides.find(({ userId }) => userId === body.userId);
      if (expired !== undefined && !this.isOver(expired)) throw taken(body.userId);
      const others = overrides.filter((other) => other !== expired);
      if (others.length >= MAX_OVERRIDES) throw tooMany();
      this.requireSound(row, body);
      const before = expired === undefined ? null : toOverride(expired, row.version);
      const now = this.clock.now();
      const fields = { ...body, expiresAt: dateOf(body.expiresAt), createdAt: now, updatedAt: now };
      const override: FeatureFlagOverride =
        expired === undefined
          ? em.create(FeatureFlagOverride, { id: v7(), featureFlag: row, ...fields })
          : em.assign(expired, fields);
      return {
        overrides: [...others, override],
        entry: () => ({
          change: 'override_added' as const,
          reason: body.reason,
          before,
          after: toOverride(override, row.version),
        }),
        answer: ({ version }) => toOverride(override, version),
      };
    });
    return made as FlagOverride;
  }

  async update(call: Call<typeof updateFlagOverride>): Promise<FlagOverride> {
    const { value, reason, expiresAt } = call.body;
    const changed = await this.editor.edit(call, ({ em, row, overrides }) => {
      const override = named(overrides, call.params.override);
      const before = toOverride(override, row.version);
      this.requireSound(row, { value: value ?? override.value, expiresAt });
      em.assign(override, {
        ...(value === undefined ? {} : { value }),
        ...(reason === undefined ? {} : { reason }),
        ...(expiresAt === undefined ? {} : { expiresAt: dateOf(expiresAt) }),
      });
      return {
        entry: () => ({
          change: 'override_changed' as const,
          reason: override.reason,
          before,
          after: toOverride(override, row.version),
        }),
        answer: ({ version }) => toOverride(override, version),
      };
    });
    return changed as FlagOverride;
  }

  async remove(call: Call<typeof deleteFlagOverride>): Promise<void> {
    await this.editor.edit(call, ({ em, row, overrides }) => {
      const override = named(overrides, call.params.override);
      const before = toOverride(override, row.version);
      em.remove(override);
      return {
        overrides: overrides.filter((other) => other !== override),
        entry: () => ({ change: 'override_removed' as const, before, after: null }),
        answer: () => undefined,
      };
    });
  }

  private isOver({ expiresAt }: FeatureFlagOverride): boolean {
    return expiresAt !== null && expiresAt <= this.clock.now();
  }

  private requireSound(
    flag: FeatureFlag,
    { value, expiresAt }: { value: unknown; expiresAt?: string | null | undefined },
  ): void {
    if (!hasType(value, flag.type)) throw AppError.field('value', `must be ${typeName(flag.type)}, like the flag`);
    const [problem] = checkValues(flag.valueSchema, [{ path: 'value', value }]);
    if (problem !== undefined) throw AppError.validation([problem]);
    if (expiresAt != null && Date.parse(expiresAt) <= this.clock.now().getTime()) {
      throw AppError.field('expiresAt', 'must be in the future');
    }
  }
}

/** By id or by user. @throws AppError `not_found` */
function named(overrides: readonly FeatureFlagOverride[], name: string): FeatureFlagOverride {
  const found = overrides.find(({ id }) => id === name) ?? overrides.find(({ userId }) => userId === name);
  if (found === undefined) throw AppError.notFound('Override', name);
  return found;
}

function taken(userId: string): AppError {
  const message = `user '${userId}' has an override of this flag already`;
  return AppError.conflict(`${message}: change that one.`, 'conflict', [{ path: 'userId', message }]);
}

const tooMany = (): AppError =>
  AppError.conflict(
    `A flag has at most ${MAX_OVERRIDES} overrides: use a segment or a targeting rule.`,
    'too_many_overrides',
  );

const dateOf = (time: string | null): Date | null => (time === null ? null : new Date(time));

/** @param version that of the flag */
function toOverride(row: FeatureFlagOverride, version: number): FlagOverride {
  return {
    id: row.id,
    userId: row.userId,
    value: row.value as FlagOverride['value'],
    reason: row.reason,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version,
  };
}
