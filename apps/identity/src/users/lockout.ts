import { AppError, type Actor } from '@assay/contracts';

/** The part of a user that decides whether somebody can still administer the installation. */
export interface Standing {
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
}

export interface StandingChange {
  readonly actor: Actor;
  readonly id: string;
  readonly before: Standing;
  /** null: the user is deleted. */
  readonly after: Standing | null;
  /** Active superusers besides this one. */
  readonly otherSuperusers: number;
}

/** Why the change would lock somebody out, or undefined. */
export function lockoutOf({ actor, id, before, after, otherSuperusers }: StandingChange): AppError | undefined {
  const isSelf = actor.kind === 'user' && actor.id === id;
  if (isSelf && after === null)
    return AppError.conflict('You cannot delete yourself: let another administrator do it.');
  if (isSelf && before.isActive && after?.isActive === false) {
    return AppError.conflict('You cannot deactivate yourself: let another administrator do it.');
  }
  const wasOne = before.isActive && before.isSuperuser;
  const staysOne = after !== null && after.isActive && after.isSuperuser;
  if (wasOne && !staysOne && otherSuperusers === 0) {
    return AppError.conflict('This is the last active superuser: make another user superuser first.');
  }
  return undefined;
}
