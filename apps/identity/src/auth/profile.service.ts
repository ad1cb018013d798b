import { isUserActor, passwordProblem, PasswordHasher } from '@assay/auth';
import { AppError, type Me, type MePatch, type PasswordChange, mergePatch } from '@assay/contracts';
import { Clock, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal } from '../changes/change-journal.js';
import { givenFields } from '../changes/given-fields.js';
import { findUser, lockUser } from '../users/find-user.js';
import { meView, userView } from '../users/user-view.js';
import { endSessions } from './end-sessions.js';
import { LoginThrottle } from './login-throttle.js';

/** What a user sees and changes of itself. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly passwords: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly clock: Clock,
  ) {}

  async me({ actor }: Caller): Promise<Me> {
    return meView(await findUser(this.em.fork(), actor.id));
  }

  async update(caller: Caller, ifMatch: IfMatch | undefined, { preferences, ...fields }: MePatch): Promise<Me> {
    return this.journal.commit(caller, async (em, note) => {
      const user = await lockUser(em, caller.actor.id);
      requireVersion(ifMatch, user.version);
      const before = userView(user);
      em.assign(user, givenFields(fields));
      if (preferences !== undefined)
        user.preferences = preferences === null ? {} : mergePatch(before.preferences, preferences);
      await em.flush();
      const after = userView(user);
      await note({ resource: 'user', change: 'updated', id: user.id, key: user.username, before, after });
      return meView(user);
    });
  }

  /** Ends the user's other sessions: whoever knew the old password is out. */
  async changePassword(caller: Caller, { currentPassword, newPassword }: PasswordChange): Promise<void> {
    const { actor, origin } = caller;
    const user = await findUser(this.em.fork(), actor.id);
    this.throttle.begin(`password of ${actor.id}`, origin?.ip ?? '');
    if (!(await this.passwords.verify(user.hashedPassword, currentPassword))) {
      throw AppError.field('currentPassword', 'is not your password');
    }
    this.throttle.succeeded(`password of ${actor.id}`, origin?.ip ?? '');
    const problem = passwordProblem(newPassword, user);
    if (problem !== undefined) throw AppError.field('newPassword', problem);
    const hashedPassword = await this.passwords.hash(newPassword);
    await this.journal.commit(caller, async (em, note) => {
      const locked = await lockUser(em, actor.id);
      locked.hashedPassword = hashedPassword;
      const except = isUserActor(actor) ? actor.sessionId : null;
      await endSessions(em, { userId: actor.id, except, now: this.clock.now() });
      await note({
        resource: 'user',
        change: 'updated',
        action: 'user.password_changed',
        id: user.id,
        key: user.username,
      });
    });
  }
}
