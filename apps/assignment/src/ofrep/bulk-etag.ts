import { hash } from 'node:crypto';

/**
 * Stands for an answer to a context: over the answer itself (which names the version of each flag, and changes with time where
 * rules look at the clock), the whole context whatever the order of its members, and who may see what.
 *
 * @param answer text of the answer, or a digest of it
 */
export function bulkEtag(answer: string, context: Readonly<Record<string, unknown>>, scope: string): string {
  return `"${hash('sha256', `${scope}\n${canonicalJson(context)}\n${answer}`, 'base64url').slice(0, 27)}"`;
}

/** JSON that does not depend on the order of members. */
const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

/** The same value with the members of every object in one order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) copy[name] = sorted(members[name]);
  return copy;
}

/** Whether an `If-None-Match` names the tag; weak tags count, as they do for GET. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
