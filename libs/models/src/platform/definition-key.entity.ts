import { defineEntity, p } from '@mikro-orm/core';

/** What a key may name. */
export const DEFINITION_KINDS = ['experiment', 'flag'] as const;
export type DefinitionKind = (typeof DEFINITION_KINDS)[number];

const DefinitionKeySchema = defineEntity({
  name: 'DefinitionKey',
  tableName: 'definition_keys',
  properties: {
    projectId: p.uuid().primary(),
    key: p.text().primary(),
    kind: p.enum(DEFINITION_KINDS),
    resourceId: p.uuid(),
  },
});

/**
 * The register of keys: an experiment is evaluated as a flag of its key, so a key is unique in its project across both.
 * The experiments and the flags service insert here in the transaction that makes the resource.
 */
export class DefinitionKey extends DefinitionKeySchema.class {}
DefinitionKeySchema.setClass(DefinitionKey);
