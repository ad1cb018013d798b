import type { Flag, FlagDocument, FlagRule, StaleReason } from '@assay/contracts';
import type { FeatureFlag } from '@assay/models';

/** A row with its project loaded, as it is answered. */
export function toFlag(row: FeatureFlag): Flag {
  return {
    id: row.id,
    key: row.key,
    project: row.project.getEntity().key,
    ...documentOf(row),
    expertDefinition: row.expertDefinition,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    stale: staleOf(row),
    ownerId: row.owner.id,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}

function staleOf({ staleSince, staleReason }: FeatureFlag): Flag['stale'] {
  if (staleSince === null || staleReason === null) return null;
  return { since: staleSince.toISOString(), reason: staleReason as StaleReason };
}

/** The part of a row that its author wrote: what a patch is merged into. */
export function documentOf(row: FeatureFlag): FlagDocument & { targetingRules: FlagRule[] } {
  return {
    name: row.name,
    description: row.description,
    type: row.type,
    status: row.status,
    rolloutPercentage: row.rolloutPercentage,
    targetingRules: row.targetingRules as unknown as FlagRule[],
    variants: row.variants as FlagDocument['variants'],
    defaultVariant: row.defaultVariant,
    offVariant: row.offVariant,
    clientSide: row.clientSide,
    tags: row.tags,
    valueSchema: row.valueSchema as FlagDocument['valueSchema'],
  };
}
