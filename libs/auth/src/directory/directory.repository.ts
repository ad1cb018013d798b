import { PERMISSIONS, type ApiKeyKind, type Permission } from '@assay/contracts';
import { SCHEMA } from '@assay/models';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { KeyRecord, ProjectRecord, UserRecord } from './records.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const USER = `
  select u.id, u.username, u.is_active, u.is_superuser,
         array(select distinct p.name
                 from ${SCHEMA}.roles_users ru
                 join ${SCHEMA}.roles_permissions rp on rp.role_id = ru.role_id
                 join ${SCHEMA}.permissions p on p.id = rp.permission_id
                where ru.user_id = u.id) as permissions,
         ($2::uuid is null or exists (
           select from ${SCHEMA}.sessions s where s.family_id = $2 and s.user_id = u.id and s.revoked_at is null)) as session_open
    from ${SCHEMA}.users u
   where u.id = $1`;

const KEY = `
  select k.id, k.name, k.kind, k.user_id, k.expires_at, k.revoked_at is not null as revoked,
         p.id as project_id, p.key as project_key, e.id as environment_id, e.key as environment_key
    from ${SCHEMA}.api_keys k
    left join ${SCHEMA}.projects p on p.id = k.project_id
    left join ${SCHEMA}.environments e on e.id = k.environment_id
   where k.key_hash = $1`;

const PROJECT = `
  select p.id, p.key,
         coalesce(json_agg(json_build_object('id', e.id, 'key', e.key)) filter (where e.id is not null), '[]') as environments
    from ${SCHEMA}.projects p
    left join ${SCHEMA}.environments e on e.project_id = p.id
   where p.id = $1 or p.key = $2
   group by p.id
   order by p.id = $1 desc nulls last
   limit 1`;

interface UserRow {
  id: string;
  username: string;
  is_active: boolean;
  is_superuser: boolean;
  permissions: string[];
  session_open: boolean;
}

interface KeyRow {
  id: string;
  name: string;
  kind: ApiKeyKind;
  user_id: string | null;
  expires_at: Date | null;
  revoked: boolean;
  project_id: string | null;
  project_key: string | null;
  environment_id: string | null;
  environment_key: string | null;
}

/** Permissions that this version no longer knows may linger in the database. */
const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS);
const isPermission = (name: string): name is Permission => KNOWN.has(name);

/** Reads what the guard goes by, one statement for each question. */
@Injectable()
export class DirectoryRepository {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async user(id: string, sessionId: string | null): Promise<UserRecord | undefined> {
    if (!UUID.test(id) || (sessionId !== null && !UUID.test(sessionId))) return undefined;
    const { rows } = await this.pool.query<UserRow>(USER, [id, sessionId]);
    const [row] = rows;
    if (row === undefined) return undefined;
    return {
      id: row.id,
      username: row.username,
      isActive: row.is_active,
      isSuperuser: row.is_superuser,
      permissions: new Set(row.permissions.filter(isPermission)),
      sessionOpen: row.session_open,
    };
  }

  async apiKey(hash: string): Promise<KeyRecord | undefined> {
    const { rows } = await this.pool.query<KeyRow>(KEY, [hash]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { project_id: projectId, project_key: projectKey } = row;
    const { environment_id: environmentId, environment_key: environmentKey } = row;
    const bound = projectId !== null && projectKey !== null && environmentId !== null && environmentKey !== null;
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      expiresAt: row.expires_at?.getTime() ?? null,
      revoked: row.revoked,
      userId: row.user_id,
      scope: bound ? { projectId, projectKey, environmentId, environmentKey } : null,
    };
  }

  /** By id or key; an id goes first. */
  async project(reference: string): Promise<ProjectRecord | undefined> {
    const id = UUID.test(reference) ? reference : null;
    const { rows } = await this.pool.query<ProjectRecord>(PROJECT, [id, reference]);
    return rows[0];
  }
}
