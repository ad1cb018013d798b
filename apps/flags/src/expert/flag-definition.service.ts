import {
  AppError,
  FlagDocument,
  Key,
  type FlagDefinitionAnswer,
  type readFlagDefinition,
  type replaceFlagDefinition,
  type RuleModelFlag,
} from '@assay/contracts';
import { checkFlag, type Flag as Document } from '@assay/evaluation';
import type { FeatureFlag } from '@assay/models';
import type { Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { checkValues } from '../check/value-schema.js';
import { withoutOverrides } from '../compile/with-overrides.js';
import { FlagRepository } from '../definition/flag.repository.js';
import { FlagEditor } from '../editing/flag-editor.service.js';
import { FlagMaker } from '../editing/flag-maker.service.js';
import { stickyWarnings } from './sticky-splits.js';

/** A compiled document with the version of its flag. */
export interface VersionedDocument {
  readonly document: FlagDefinitionAnswer;
  readonly version: number;
}

/** A document that has been written, and whether its flag was made for it. */
export interface WrittenDocument extends VersionedDocument {
  readonly made: boolean;
}

type Put = Call<typeof replaceFlagDefinition>;

/** The document that evaluation runs on: read, or written by hand. */
@Injectable()
export class FlagDefinitionService {
  constructor(
    private readonly em: EntityManager,
    private readonly repository: FlagRepository,
    private readonly editor: FlagEditor,
    private readonly maker: FlagMaker,
  ) {}

  async read({ scope, params }: Pick<Call<typeof readFlagDefinition>, 'scope' | 'params'>): Promise<VersionedDocument> {
    const em = this.em.fork();
    const { definition, version } = await this.repository.get(em, scope.projectId, params.id);
    const warnings = await stickyWarnings(em, scope.projectId, definition as unknown as Document);
    const document = definition as RuleModelFlag;
    return { document: warnings.length === 0 ? document : { ...document, warnings }, version };
  }

  async put(call: Put): Promise<WrittenDocument> {
    const made = !(await this.exists(call)) && (await this.make(call));
    if (!made) await this.replace(call);
    return { ...(await this.read(call)), made };
  }

  private async exists({ scope, params, ifMatch }: Put): Promise<boolean> {
    const found = await this.repository.find(this.em.fork(), scope.projectId, params.id);
    // Who names a version, or an id, means a flag that was there.
    if (found === null && (ifMatch !== undefined || UUID.test(params.id))) throw AppError.notFound('Flag', params.id);
    return found !== null;
  }

  /** False when somebody else has made the flag meanwhile. */
  private async make(call: Put): Promise<boolean> {
    const { actor, params, body } = call;
    if (!actor.isSuperuser && !actor.permissions.has('feature_flag:create')) {
      throw AppError.forbidden(`There is no flag '${params.id}', and to make it you need feature_flag:create.`);
    }
    const key = soundKey(params.id);
    const definition = soundDefinition(body, key);
    const { type } = definition;
    const document = { ...FlagDocument.parse({ name: key, type, status: statusOf(definition) }), targetingRules: [] };
    try {
      await this.maker.make(call, () => ({ key, document, definition, change: 'created' }));
      return true;
    } catch (error) {
      const isTaken = error instanceof AppError && error.kind === 'conflict';
      if (isTaken && (await this.exists(call))) return false;
      throw error;
    }
  }

  private async replace(call: Put): Promise<void> {
    await this.editor.edit(call, ({ em, row }) => {
      const before = row.definition as RuleModelFlag;
      const document = soundDefinition(call.body, row.key);
      requireValues(row, document);
      const { type } = document;
      em.assign(row, { definition: { ...document }, expertDefinition: true, type, status: statusOf(document) });
      const entry = () => ({ change: 'definition_replaced' as const, before, after: row.definition as RuleModelFlag });
      return { entry, answer: () => undefined };
    });
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const statusOf = ({ on }: Document): 'ACTIVE' | 'INACTIVE' => (on ? 'ACTIVE' : 'INACTIVE');

/** @throws AppError `validation_failed` */
function soundKey(key: string): string {
  const parsed = Key.safeParse(key);
  if (parsed.success) return parsed.data;
  throw AppError.field('key', parsed.error.issues[0]?.message ?? 'is no key');
}

/** Warnings of an answer that is sent back are not part of it. @throws AppError `validation_failed` with every complaint */
function soundDefinition({ warnings: _read, ...body }: RuleModelFlag, key: string): Document {
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
