import { newApiKey } from '@assay/auth';
import { randomBytes } from 'node:crypto';
import {
  AppError,
  type Actor,
  type ApiKey as ApiKeyAnswer,
  type ApiKeyCreate,
  type ApiKeyPatch,
  type CreatedApiKey,
  type Page,
  type Permission,
  type QueryOf,
  type Scope,
  type listApiKeys,
} from '@assay/contracts';
import { ApiKey, User } from '@assay/models';
import { Clock, pageOf, requireVersion, type IfMatch } from '@assay/platform';
import { EntityManager, LockMode, ref, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Caller } from '../changes/caller.js';
import { ChangeJournal, type Change } from '../changes/change-journal.js';
import { findPlace } from '../projects/find-project.js';
import { API_KEY_RELATIONS, apiKeyView } from './api-key-view.js';

type Query = QueryOf<typeof listApiKeys>;
interface ScopedCaller extends Caller {
  readonly scope: Scope;
}

const holds = (actor: Actor, permission: Permission): boolean => actor.isSuperuser || actor.permissions.has(permission);

/** Personal keys are their user's own business; server and client keys take `api_key:*` and belong to a project. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly em: EntityManager,
    private readonly journal: ChangeJournal,
    private readonly clock: Clock,
  ) {}

  async list(caller: ScopedCaller, { kind, revoked, ...query }: Query): Promise<Page<ApiKeyAnswer>> {
    const where: FilterQuery<ApiKey>[] = [visibleTo(caller, 'api_key:read')];
    if (kind !== undefined) where.push({ kind });
    if (revoked !== undefined) where.push({ revokedAt: revoked === 'true' ? { $ne: null } : null });
    const page = await pageOf<ApiKey>(this.em.fork(), ApiKey, { $and: where }, query, {
      sortable: ['-createdAt', 'name', 'kind'],
      searchable: ['name', 'prefix'],
      populate: [...API_KEY_RELATIONS],
    });
    return { ...page, items: page.items.map(apiKeyView) };
  }

  async get(caller: ScopedCaller, id: string): Promise<ApiKeyAnswer> {
    const where = { $and: [{ id }, visibleTo(caller, 'api_key:read')] };
    const key = await this.em.fork().findOne(ApiKey, where, { populate: [...API_KEY_RELATIONS] });
    if (key === null) throw AppError.notFound('Api key', id);
    return apiKeyView(key);
  }

  async create(caller: Caller, input: ApiKeyCreate): Promise<CreatedApiKey> {
    const { kind, name } = input;
    if (kind !== 'personal') requireForProgramKeys(caller.actor, 'api_key:create');
    const expiresAt = this.expiry(input.expiresAt);
    const { key, prefix, hash } = newApiKey(kind, randomBytes(32));
    return this.journal.commit(caller, async (em, note) => {
      const me = em.getReference(User, caller.actor.id);
      const row = em.create(ApiKey, {
        id: v7(),
        name,
        kind,
        prefix,
        keyHash: hash,
        expiresAt: expiresAt ?? null,
        lastUsedAt: null,
        revokedAt: null,
        createdBy: ref(me),
        user: null,
        project: null,
        environment: null,
      });
      if (kind === 'personal') row.user = ref(me);
      else Object.assign(row, await findPlace(em, input));
      await em.flush();
      await em.populate(row, [...API_KEY_RELATIONS]);
      const after = apiKeyView(row);
      await note({ ...changeOf(row), change: 'created', after });
      return { ...after, key };
    });
  }

  async update(
    caller: ScopedCaller,
    id: string,
    ifMatch: IfMatch | undefined,
    patch: ApiKeyPatch,
  ): Promise<ApiKeyAnswer> {
    const expiresAt = this.expiry(patch.expiresAt);
    return this.journal.commit(caller, async (em, note) => {
      const key = await lockKey(em, caller, id, 'api_key:update');
      const before = apiKeyView(key);
      requireVersion(ifMatch, before.version);
      if (key.revokedAt !== null) throw AppError.conflict('The api key is revoked and stays so: create another one.');
      if (patch.name !== undefined) key.name = patch.name;
      if (expiresAt !== undefined) key.expiresAt = expiresAt;
      key.updatedAt = this.laterThan(key.updatedAt);
      await em.flush();
      const after = apiKeyView(key);
      await note({ ...changeOf(key), change: 'updated', before, after });
      return after;
    });
  }

  /** Revoking twice is fine: the key is revoked afterwards. */
  async revoke(caller: ScopedCaller, id: string, ifMatch: IfMatch | undefined): Promise<void> {
    await this.journal.commit(caller, async (em, note) => {
      const key = await lockKey(em, caller, id, 'api_key:delete');
      const before = apiKeyView(key);
      requireVersion(ifMatch, before.version);
      if (key.revokedAt !== null) return;
      key.revokedAt = this.clock.now();
      key.updatedAt = this.laterThan(key.updatedAt);
      await em.flush();
      await note({ ...changeOf(key), change: 'updated', action: 'api_key.revoked', before, after: apiKeyView(key) });
    });
  }

  private expiry(text: string | null | undefined): Date | null | undefined {
    if (text === undefined || text === null) return text;
    const at = new Date(text);
    if (at <= this.clock.now()) throw AppError.field('expiresAt', 'must lie in the future');
    return at;
  }

  /** Two changes within a millisecond are still two versions. */
  private laterThan(before: Date): Date {
    return new Date(Math.max(this.clock.now().getTime(), before.getTime() + 1));
  }
}

function requireForProgramKeys(actor: Actor, permission: Permission): void {
  if (holds(actor, permission)) return;
  throw AppError.forbidden(
    `User '${actor.name}' does not have the permission '${permission}', which server and client keys need.`,
  );
}

/** The caller's own personal keys, and the project's program keys if it may. */
function visibleTo({ actor, scope }: ScopedCaller, permission: Permission): FilterQuery<ApiKey> {
  const own: FilterQuery<ApiKey> = { kind: 'personal', user: actor.id };
  return holds(actor, permission) ? { $or: [own, { project: scope.projectId }] } : own;
}

/** @throws AppError `not_found` for keys the caller does not see, `forbidden` for those it sees and may not change */
async function lockKey(em: EntityManager, caller: ScopedCaller, id: string, permission: Permission): Promise<ApiKey> {
  const where = { $and: [{ id }, visibleTo(caller, 'api_key:read')] };
  const key = await em.findOne(ApiKey, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (key === null) throw AppError.notFound('Api key', id);
  if (key.kind !== 'personal') requireForProgramKeys(caller.actor, permission);
  await em.populate(key, [...API_KEY_RELATIONS]);
  return key;
}

const changeOf = (key: ApiKey): Pick<Change, 'resource' | 'id' | 'key' | 'projectId'> => ({
  resource: 'api_key',
  id: key.id,
  key: key.name,
  projectId: key.project?.id ?? null,
});
