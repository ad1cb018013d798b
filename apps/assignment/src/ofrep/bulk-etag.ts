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

/** JSON with the members of every object sorted. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name of Object.keys(members).sort()) text += `${JSON.stringify(name)}:${canonicalJson(members[name])},`;
  return `${text}}`;
}

/** Whether an `If-None-Match` names the tag; weak tags count, as they do for GET. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
