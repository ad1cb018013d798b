import { passwordProblem, PasswordHasher } from '@assay/auth';
import {
  AppError,
  type Page,
  type QueryOf,
  type User as UserAnswer,
  type UserCreate,
  type UserPatch,
  type listUsers,
  mergePatch,
} from '@assay/contracts';
import { User } from '@assay/models';
import { Clock, pageOf, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal } from '../changes/change-journal.js';
import { givenFields } from '../changes/given-fields.js';
import { endSessions } from '../auth/end-sessions.js';
import { findRoles, permissionsOf } from './find-roles.js';
import { findUser, lockUser } from './find-user.js';
import { lockoutOf } from './lockout.js';
import { requireRights } from './rights.js';
import { userView } from './user-view.js';

/** Serialises changes of who is superuser: two of them must not remove each other at the same moment. */
const SUPERUSER_LOCK = `select pg_advisory_xact_lock(hashtextextended('assay:superusers', 0))`;

type Query = QueryOf<typeof listUsers>;

@Injectable()
export class UsersService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly passwords: PasswordHasher,
    private readonly clock: Clock,
  ) {}

  async list({ isActive, role, ...query }: Query): Promise<Page<UserAnswer>> {
    const em = this.em.fork();
    const [inRole] = role === undefined ? [] : await findRoles(em, [role], () => 'role');
    const where: FilterQuery<User> = {
      ...(isActive === undefined ? {} : { isActive: isActive === 'true' }),
      ...(inRole === undefined ? {} : { roles: { $some: { id: inRole.id } } }),
    };
    const page = await pageOf(em, User, where, query, {
      sortable: ['username', 'email', 'fullName', 'createdAt', 'updatedAt'],
      searchable: ['username', 'email', 'fullName'],
      populate: ['roles'],
    });
    return { ...page, items: page.items.map(userView) };
  }

  async get(reference: string): Promise<UserAnswer> {
    return userView(await findUser(this.em.fork(), reference));
  }

  async create(caller: Caller, { password, roles: names, ...fields }: UserCreate): Promise<UserAnswer> {
    refusePoorPassword('password', password, fields);
    const hashedPassword = await this.passwords.hash(password);
    return this.journal.commit(caller, async (em, note) => {
      const roles = await findRoles(em, names);
      requireRights(caller.actor, 'Creating this user', { ...fields, permissions: permissionsOf(roles) });
      const user = em.create(User, { id: v7(), ...fields, hashedPassword, lastLogin: null, roles });
      await em.flush();
      const after = userView(user);
      await note({ resource: 'user', change: 'created', id: user.id, key: user.username, after });
      return after;
    });
  }

  async update(caller: Caller, reference: string, ifMatch: IfMatch | undefined, patch: UserPatch): Promise<UserAnswer> {
    const { password, roles: names, preferences, ...fields } = patch;
    const hashedPassword = password === undefined ? undefined : await this.passwords.hash(password);
    return this.journal.commit(caller, async (em, note) => {
      if (fields.isActive !== undefined || fields.isSuperuser !== undefined) await em.execute(SUPERUSER_LOCK);
      const user = await lockUser(em, reference);
      requireVersion(ifMatch, user.version);
      const before = userView(user);
      this.requireRightsOver(caller, user);
      if (names !== undefined) {
        const roles = await findRoles(em, names);
        requireRights(caller.actor, 'Giving these roles', { isSuperuser: false, permissions: permissionsOf(roles) });
        user.roles.set(roles);
      }
      if (fields.isSuperuser === true)
        requireRights(caller.actor, 'Making a superuser', { isSuperuser: true, permissions: [] });
      em.assign(user, givenFields(fields));
      if (preferences !== undefined)
        user.preferences = preferences === null ? {} : mergePatch(before.preferences, preferences);
      if (password !== undefined) refusePoorPassword('password', password, user);
      if (hashedPassword !== undefined) user.hashedPassword = hashedPassword;
      await this.refuseLockout(em, caller, user.id, before, user);
      if (hashedPassword !== undefined || !user.isActive)
        await endSessions(em, { userId: user.id, now: this.clock.now() });
      // Roles live in another table: touching the row makes a version of their change as well.
      user.updatedAt = this.clock.now();
      await em.flush();
      const after = userView(user);
      await note({ resource: 'user', change: 'updated', id: user.id, key: user.username, before, after });
      return after;
    });
  }

  async remove(caller: Caller, reference: string, ifMatch: IfMatch | undefined): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      await em.execute(SUPERUSER_LOCK);
      const user = await lockUser(em, reference);
      requireVersion(ifMatch, user.version);
      const before = userView(user);
      this.requireRightsOver(caller, user);
      await this.refuseLockout(em, caller, user.id, before, null);
      await em.remove(user).flush();
      await note({ resource: 'user', change: 'deleted', id: before.id, key: before.username, before });
    });
  }

  private requireRightsOver({ actor }: Caller, user: User): void {
    if (actor.id === user.id) return;
    const rights = { isSuperuser: user.isSuperuser, permissions: permissionsOf(user.roles.getItems()) };
    requireRights(actor, `Changing user '${user.username}'`, rights);
  }

  private async refuseLockout(
    em: EntityManager,
    { actor }: Caller,
    id: string,
    before: UserAnswer,
    after: User | null,
  ): Promise<void> {
    const otherSuperusers = await em.count(User, { isActive: true, isSuperuser: true, id: { $ne: id } });
    const lockout = lockoutOf({ actor, id, before, after, otherSuperusers });
    if (lockout !== undefined) throw lockout;
  }
}

function refusePoorPassword(path: string, password: string, owner: { username: string; email: string }): void {
  const problem = passwordProblem(password, owner);
  if (problem !== undefined) throw AppError.field(path, problem);
}
