import { Session } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Which sessions end: all of a user, all but one, or one (a family of refresh tokens). */
export interface EndSessions {
  readonly userId: string;
  readonly familyId?: string;
  readonly except?: string | null;
  readonly now: Date;
}

/** Revokes refresh tokens; the access tokens of these sessions stop working with them. */
export async function endSessions(em: EntityManager, { userId, familyId, except, now }: EndSessions): Promise<void> {
  const others = typeof except === 'string' ? { familyId: { $ne: except } } : {};
  const family = familyId === undefined ? others : { familyId };
  await em.nativeUpdate(Session, { user: userId, revokedAt: null, ...family }, { revokedAt: now });
}
