import { AppError, type Actor } from '@assay/contracts';

/** What somebody may do at most. */
export interface Rights {
  readonly isSuperuser: boolean;
  readonly permissions: Iterable<string>;
}

/** What `rights` has and the actor does not: `['superuser']`, or names of permissions. Empty: the actor may hand them out. */
export function rightsBeyond(actor: Actor, rights: Rights): string[] {
  if (actor.isSuperuser) return [];
  if (rights.isSuperuser) return ['superuser'];
  const held: ReadonlySet<string> = actor.permissions;
  return [...new Set(rights.permissions)].filter((name) => !held.has(name)).sort();
}

/**
 * Nobody gives or takes more than they hold, else the right to edit users or roles would be the right to everything.
 *
 * @throws AppError `forbidden` that names what is missing
 */
export function requireRights(actor: Actor, what: string, rights: Rights): void {
  const missing = rightsBeyond(actor, rights);
  if (missing.length === 0) return;
  throw AppError.forbidden(`${what} takes rights that you do not have yourself: ${missing.slice(0, 5).join(', ')}.`);
}
