import { AppError, type Access, type Actor } from '@assay/contracts';

/** Why the actor may not make a call with this access rule, or undefined if it may. */
export function refusalOf(access: Access, actor: Actor): AppError | undefined {
  if (access === 'public' || actor.isSuperuser) return undefined;
  if (access === 'authenticated') {
    if (actor.kind === 'user') return undefined;
    return AppError.forbidden('This call is for users: log in, or use a personal api key.');
  }
  if (actor.permissions.has(access)) return undefined;
  const who = actor.kind === 'user' ? `User '${actor.name}'` : `A ${actor.kind} key`;
  return AppError.forbidden(`${who} does not have the permission '${access}', which this call needs.`);
}
