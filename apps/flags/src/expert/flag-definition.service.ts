import { AppError, type readFlagDefinition, type replaceFlagDefinition, type RuleModelFlag } from '@assay/contracts';
import { checkFlag, type Flag as Document } from '@assay/evaluation';
import type { FeatureFlag } from '@assay/models';
import type { Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { checkValues } from '../check/value-schema.js';
import { withoutOverrides } from '../compile/with-overrides.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { FlagEditor } from '../editing/flag-editor.service.js';

/** A compiled document with the version of its flag. */
export interface VersionedDocument {
  readonly document: RuleModelFlag;
  readonly version: number;
}

/** The document that evaluation runs on: read, or written by hand. */
@Injectable()
export class FlagDefinitionService {
  constructor(
    private readonly em: EntityManager,
    private readonly repository: FlagRepository,
    private readonly editor: FlagEditor,
  ) {}

  async read({ scope, params }: Pick<Call<typeof readFlagDefinition>, 'scope' | 'params'>): Promise<VersionedDocument> {
    return versioned(await this.repository.get(this.em.fork(), scope.projectId, params.id));
  }

  async replace(call: Call<typeof replaceFlagDefinition>): Promise<VersionedDocument> {
    await this.editor.edit(call, ({ em, row }) => {
      const before = row.definition as RuleModelFlag;
      const document = soundDefinition(call.body, row.key);
      requireValues(row, document);
      const status = document.on ? ('ACTIVE' as const) : ('INACTIVE' as const);
      em.assign(row, { definition: { ...document }, expertDefinition: true, type: document.type, status });
      const entry = () => ({ change: 'definition_replaced' as const, before, after: row.definition as RuleModelFlag });
      return { entry, answer: () => undefined };
    });
    return this.read(call);
  }
}

/** @throws AppError `validation_failed` with every complaint */
function soundDefinition(body: RuleModelFlag, key: string): Document {
  const document: unknown = { ...body, key: body.key ?? key };
  const errors = [...checkFlag(withPlainSalts(document))];
  if (body.key !== undefined && body.key !== key) {
    errors.push({ path: 'key', message: `must be '${key}', the key of the flag, or left out` });
  }
  if (errors.length > 0) throw AppError.validation(errors);
  return withoutOverrides(document as Document);
}

/** @throws AppError `validation_failed` for variants that the flag's schema does not allow */
function requireValues({ valueSchema }: FeatureFlag, { variants }: Document): void {
  const values = Object.entries(variants).map(([name, value]) => ({ path: `variants.${name}`, value }));
  const errors = checkValues(valueSchema, values);
  if (errors.length > 0) throw AppError.validation(errors);
}

/** Salts that the platform itself makes of a key: the second hash of a coverage, layers, holdouts. */
const PLATFORM_SALT = /^(?:[^:]+:coverage|(?:layer|holdout):[^:]+)$/;

/** The document with such salts, which may part their words by ":", as plain ones, for the check. */
function withPlainSalts(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (name, value: unknown) =>
    name === 'salt' && typeof value === 'string' && PLATFORM_SALT.test(value) ? value.replace(':', '-') : value,
  );
}

const versioned = ({ definition, version }: FeatureFlag): VersionedDocument => ({
  document: definition as RuleModelFlag,
  version,
});
