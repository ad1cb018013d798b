import type { ApiKey as ApiKeyAnswer } from '@assay/contracts';
import type { ApiKey } from '@assay/models';

/** What must be loaded with a key to answer it. */
export const API_KEY_RELATIONS = ['project', 'environment', 'user', 'createdBy'] as const;

/** An api key as the API answers it. Its row has no version column: the moment of its last change stands for one. */
export function apiKeyView(key: ApiKey): ApiKeyAnswer {
  return {
    id: key.id,
    name: key.name,
    kind: key.kind,
    prefix: key.prefix,
    project: key.project?.getEntity().key ?? null,
    environment: key.environment?.getEntity().key ?? null,
    user: key.user?.getEntity().username ?? null,
    createdBy: key.createdBy?.getEntity().username ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
    version: key.updatedAt.getTime(),
  };
}
