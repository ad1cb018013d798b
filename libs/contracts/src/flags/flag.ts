import { z } from 'zod';
import { storable } from '../experiments/storable-json.js';
import { Key, Percentage, Tags, text } from '../http/primitives.js';

/** INACTIVE is the kill switch: everybody gets the off variant. */
export const FLAG_STATUSES = ['ACTIVE', 'INACTIVE'] as const;

/** The type that every value of a flag has. */
export const FLAG_TYPES = ['boolean', 'string', 'number', 'json'] as const;
export type FlagType = (typeof FLAG_TYPES)[number];

/** Why a flag may be ready to go: everybody gets the same for long, or nobody asks for it. */
export const STALE_REASONS = ['fully_rolled_out', 'not_evaluated'] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

const StorableValue = storable(z.json());

/** A value a flag may serve. The weights are percentages of those who get the flag. */
export const FlagVariant = z
  .strictObject({ key: Key, value: StorableValue, weight: Percentage.default(0) })
  .meta({ id: 'FlagVariant' });
export type FlagVariant = z.output<typeof FlagVariant>;

const ruleFields = { id: text(100, 1), when: z.json(), serve: z.record(z.string(), z.json()) };

/** A rule of the rule model; without an id it gets one. Its inside is checked as part of the compiled document. */
export const FlagRuleInput = storable(z.strictObject({ ...ruleFields, id: ruleFields.id.optional() })).meta({
  id: 'FlagRuleInput',
  description: 'A Rule of the rule model: {id, when: Cond, serve: {variant} | {off: true} | {split}}',
});

export const FlagRule = z.object(ruleFields).meta({ id: 'FlagRule' });
export type FlagRule = z.output<typeof FlagRule>;

const settings = {
  name: text(200, 1),
  description: text(10_000),
  type: z.enum(FLAG_TYPES),
  status: z.enum(FLAG_STATUSES),
  rolloutPercentage: Percentage,
  targetingRules: z.array(FlagRuleInput).max(1_000),
  variants: z.array(FlagVariant).max(100),
  defaultVariant: Key.nullable(),
  offVariant: Key.nullable(),
  clientSide: z.boolean(),
  tags: Tags,
  valueSchema: storable(z.record(z.string(), z.json())).nullable(),
};

/** All that a person says about a flag, without its key: what a patch is merged into and checked as a whole. */
export const FlagDocument = z.strictObject({
  ...settings,
  description: settings.description.default(''),
  type: settings.type.default('boolean'),
  status: settings.status.default('INACTIVE'),
  rolloutPercentage: settings.rolloutPercentage.default(0),
  targetingRules: settings.targetingRules.default([]),
  variants: settings.variants.default([]),
  defaultVariant: settings.defaultVariant.default(null),
  offVariant: settings.offVariant.default(null),
  clientSide: settings.clientSide.default(false),
  tags: settings.tags.default([]),
  valueSchema: settings.valueSchema
    .default(null)
    .meta({ description: 'A JSON Schema (2020-12) that every value of the flag must meet; patterns in RE2 syntax' }),
});
export type FlagDocument = z.output<typeof FlagDocument>;

/** Body of `POST /flags`. */
export const FlagCreate = FlagDocument.extend({ key: Key }).meta({ id: 'FlagCreate' });
export type FlagCreate = z.output<typeof FlagCreate>;

/**
 * Body of `PATCH /flags/:id`: a JSON merge patch (RFC 7396). Lists are replaced as a whole, null puts a field back to its
 * default. The merged document is parsed and checked like a new one.
 */
export const FlagPatch = z
  .strictObject({
    ...settings,
    description: settings.description.nullable(),
    type: settings.type.nullable(),
    status: settings.status.nullable(),
    rolloutPercentage: settings.rolloutPercentage.nullable(),
    targetingRules: settings.targetingRules.nullable(),
    variants: settings.variants.nullable(),
    clientSide: settings.clientSide.nullable(),
    tags: settings.tags.nullable(),
  })
  .partial()
  .meta({ id: 'FlagPatch' });
export type FlagPatch = z.output<typeof FlagPatch>;

/** What an environment may have of its own; what is left out is the flag's. */
export const FlagEnvironmentSettings = z
  .strictObject({
    status: settings.status,
    rolloutPercentage: settings.rolloutPercentage,
    targetingRules: settings.targetingRules,
    defaultVariant: settings.defaultVariant,
    offVariant: settings.offVariant,
  })
  .partial()
  .meta({ id: 'FlagEnvironmentSettings' });
export type FlagEnvironmentSettings = z.output<typeof FlagEnvironmentSettings>;

/** A merge patch of them: null takes a setting back. */
export const FlagEnvironmentPatch = z
  .strictObject({
    status: settings.status.nullable(),
    rolloutPercentage: settings.rolloutPercentage.nullable(),
    targetingRules: settings.targetingRules.nullable(),
    defaultVariant: settings.defaultVariant,
    offVariant: settings.offVariant,
  })
  .partial()
  .meta({ id: 'FlagEnvironmentPatch' });
export type FlagEnvironmentPatch = z.output<typeof FlagEnvironmentPatch>;

/** A flag as it is answered. */
export const Flag = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    ...settings,
    targetingRules: z.array(FlagRule),
    expertDefinition: z
      .boolean()
      .meta({ description: 'Somebody wrote the compiled document by hand: it wins over the simple fields' }),
    archivedAt: z.string().nullable(),
    stale: z
      .object({ since: z.string(), reason: z.enum(STALE_REASONS) })
      .nullable()
      .meta({ description: 'The flag may be ready to be removed from the code' }),
    ownerId: z.uuid(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Flag' });
export type Flag = z.output<typeof Flag>;

/** A `Flag` of the rule model. Its inside is checked when it is written. */
export const RuleModelFlag = storable(z.record(z.string(), z.json())).meta({
  id: 'RuleModelFlag',
  description: 'A Flag of the rule model: {key, type, on, variants, off, requires?, rules, default?}',
});
export type RuleModelFlag = z.output<typeof RuleModelFlag>;

/** The compiled document as it is answered. */
export const FlagDefinitionAnswer = z
  .looseObject({
    warnings: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({
        description:
          'What the document says and evaluation does not do: a `sticky` split under a key that is no experiment of the project. ' +
          'Absent when there is nothing; ignored when it is sent back',
      }),
  })
  .meta({ id: 'FlagDefinitionAnswer', description: 'A Flag of the rule model, with `warnings`' });
export type FlagDefinitionAnswer = z.output<typeof FlagDefinitionAnswer>;

export const FLAG_CHANGES = [
  'created',
  'updated',
  'definition_replaced',
  'override_added',
  'override_changed',
  'override_removed',
  'environment_changed',
  'scheduled',
  'cloned',
  'archived',
  'unarchived',
  'restored',
] as const;
export type FlagChange = (typeof FLAG_CHANGES)[number];

/** A flag as it was from one version on, and what led to it. */
export const FlagRevision = z
  .object({
    version: z.int(),
    change: z.enum(FLAG_CHANGES),
    reason: z.string().nullable(),
    actorId: z.uuid().nullable(),
    createdAt: z.string(),
    definition: Flag,
    document: RuleModelFlag,
  })
  .meta({ id: 'FlagRevision' });
export type FlagRevision = z.output<typeof FlagRevision>;
