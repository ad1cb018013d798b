import {
  AppError,
  type ListQuery,
  type Page,
  type Permission as PermissionName,
  type Role as RoleAnswer,
  type RoleCreate,
  type RolePatch,
} from '@assay/contracts';
import { Permission, Role, User } from '@assay/models';
import { Clock, pageOf, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager, LockMode, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal } from '../changes/change-journal.js';
import { givenFields } from '../changes/given-fields.js';
import { isId } from '../changes/reference.js';
import { requireRights } from '../users/rights.js';
import { roleView } from './role-view.js';

@Injectable()
export class RolesService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly clock: Clock,
  ) {}

  async list(query: ListQuery): Promise<Page<RoleAnswer>> {
    const page = await pageOf(this.em.fork(), Role, {}, query, {
      sortable: ['name', 'createdAt', 'updatedAt'],
      searchable: ['name', 'description'],
      populate: ['permissions'],
    });
    return { ...page, items: page.items.map(roleView) };
  }

  async get(reference: string): Promise<RoleAnswer> {
    const role = await this.em.fork().findOne(Role, byReference(reference), { populate: ['permissions'] });
    if (role === null) throw AppError.notFound('Role', reference);
    return roleView(role);
  }

  async create(caller: Caller, { permissions, ...fields }: RoleCreate): Promise<RoleAnswer> {
    requireRights(caller.actor, 'Creating this role', { isSuperuser: false, permissions });
    return this.journal.commit(caller, async (em, note) => {
      const role = em.create(Role, { id: v7(), ...fields, permissions: await permissionsNamed(em, permissions) });
      await em.flush();
      const after = roleView(role);
      await note({ resource: 'role', change: 'created', id: role.id, key: role.name, after });
      return after;
    });
  }

  async update(caller: Caller, reference: string, ifMatch: IfMatch | undefined, patch: RolePatch): Promise<RoleAnswer> {
    const { permissions, ...fields } = patch;
    return this.journal.commit(caller, async (em, note) => {
      const role = await lockRole(em, reference);
      const before = this.changeable(caller, role, ifMatch);
      if (permissions !== undefined) {
        requireRights(caller.actor, 'This role', { isSuperuser: false, permissions });
        role.permissions.set(await permissionsNamed(em, permissions));
      }
      em.assign(role, givenFields(fields));
      // Permissions live in another table: touching the row makes a version of their change as well.
      role.updatedAt = this.clock.now();
      await em.flush();
      const after = roleView(role);
      await note({ resource: 'role', change: 'updated', id: role.id, key: role.name, before, after });
      return after;
    });
  }

  async remove(caller: Caller, reference: string, ifMatch: IfMatch | undefined): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      const role = await lockRole(em, reference);
      const before = this.changeable(caller, role, ifMatch);
      const holders = await em.count(User, { roles: { $some: { id: role.id } } });
      if (holders > 0)
        throw AppError.conflict(`Role '${role.name}' is held by ${holders} user(s): take it from them first.`);
      await em.remove(role).flush();
      await note({ resource: 'role', change: 'deleted', id: before.id, key: before.name, before });
    });
  }

  /** The role as it was, if the caller may change it. */
  private changeable({ actor }: Caller, role: Role, ifMatch: IfMatch | undefined): RoleAnswer {
    if (role.isBuiltIn)
      throw AppError.conflict(`Role '${role.name}' is built in and cannot be changed: create your own.`);
    requireVersion(ifMatch, role.version);
    const view = roleView(role);
    requireRights(actor, `Changing role '${role.name}'`, { isSuperuser: false, permissions: view.permissions });
    return view;
  }
}

const byReference = (reference: string): FilterQuery<Role> =>
  isId(reference) ? { id: reference } : { name: reference };

async function lockRole(em: EntityManager, reference: string): Promise<Role> {
  const role = await em.findOne(Role, byReference(reference), { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (role === null) throw AppError.notFound('Role', reference);
  await em.populate(role, ['permissions']);
  return role;
}

const permissionsNamed = (em: EntityManager, names: readonly PermissionName[]): Promise<Permission[]> =>
  em.find(Permission, { name: { $in: [...names] } });
