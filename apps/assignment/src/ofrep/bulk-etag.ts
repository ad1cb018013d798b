import { createHash } from 'node:crypto';
import type { OfrepBulk } from '@assay/contracts';

/**
 * Stands for an answer to a context: over the answer itself (which names the version of each flag, and changes with time where
 * rules look at the clock), the whole context whatever the order of its members, and who may see what.
 */
export function bulkEtag(
  bulk: OfrepBulk,
  context: Readonly<Record<string, unknown>>,
  scope: readonly string[],
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([scope, bulk]))
    .update(canonicalJson(context));
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** JSON with the members of every object sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Whether an `If-None-Match` names the tag; weak tags count, as they do for GET. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
