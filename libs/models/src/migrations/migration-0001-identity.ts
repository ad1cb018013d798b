import { Migration } from '@mikro-orm/migrations';

/** Users and what they may do, projects, keys, sessions and the audit log. */
export class Migration0001Identity extends Migration {
  override up(): void {
    this.addSql(`create schema if not exists experimentation`);
    this.users();
    this.rolesAndPermissions();
    this.projects();
    this.credentials();
    this.audit();
  }

  private users(): void {
    this.addSql(`
      create table experimentation.users (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        username text not null,
        email text not null,
        hashed_password text not null,
        full_name text not null default '',
        is_active boolean not null default true,
        is_superuser boolean not null default false,
        last_login timestamptz,
        preferences jsonb not null default '{}',
        version int not null default 1
      )`);
    this.addSql(`create unique index users_username_unique on experimentation.users (lower(username))`);
    this.addSql(`create unique index users_email_unique on experimentation.users (lower(email))`);
  }

  private rolesAndPermissions(): void {
    this.addSql(`
      create table experimentation.roles (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        name text not null constraint roles_name_unique unique,
        description text not null default '',
        is_built_in boolean not null default false,
        version int not null default 1
      )`);
    this.addSql(`
      create table experimentation.permissions (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        name text not null constraint permissions_name_unique unique,
        resource text not null,
        action text not null,
        constraint permissions_resource_action_unique unique (resource, action)
      )`);
    this.addSql(`
      create table experimentation.roles_users (
        user_id uuid not null constraint roles_users_user_id_foreign
          references experimentation.users on update cascade on delete cascade,
        role_id uuid not null constraint roles_users_role_id_foreign
          references experimentation.roles on update cascade on delete cascade,
        primary key (user_id, role_id)
      )`);
    this.addSql(`create index roles_users_role_id_index on experimentation.roles_users (role_id)`);
    this.addSql(`
      create table experimentation.roles_permissions (
        role_id uuid not null constraint roles_permissions_role_id_foreign
          references experimentation.roles on update cascade on delete cascade,
        permission_id uuid not null constraint roles_permissions_permission_id_foreign
          references experimentation.permissions on update cascade on delete cascade,
        primary key (role_id, permission_id)
      )`);
    this.addSql(
      `create index roles_permissions_permission_id_index on experimentation.roles_permissions (permission_id)`,
    );
  }

  private projects(): void {
    this.addSql(`
      create table experimentation.projects (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        key text not null constraint projects_key_unique unique,
        name text not null,
        description text not null default '',
        version int not null default 1
      )`);
    this.addSql(`
      create table experimentation.environments (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint environments_project_id_foreign
          references experimentation.projects on delete cascade,
        key text not null,
        name text not null,
        position int not null default 0,
        constraint environments_project_key_unique unique (project_id, key)
      )`);
  }

  private credentials(): void {
    this.addSql(`
      create table experimentation.api_keys (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        name text not null,
        kind text not null constraint api_keys_kind_check check (kind in ('server', 'client', 'personal')),
        prefix text not null,
        key_hash text not null constraint api_keys_key_hash_unique unique,
        project_id uuid constraint api_keys_project_id_foreign references experimentation.projects on delete cascade,
        environment_id uuid constraint api_keys_environment_id_foreign
          references experimentation.environments on delete cascade,
        user_id uuid constraint api_keys_user_id_foreign references experimentation.users on delete cascade,
        created_by uuid constraint api_keys_created_by_foreign references experimentation.users on delete set null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        constraint api_keys_scope_check check (
          case when kind = 'personal' then user_id is not null
          else project_id is not null and environment_id is not null end
        )
      )`);
    for (const column of ['project_id', 'environment_id', 'user_id', 'created_by']) {
      this.addSql(`create index api_keys_${column}_index on experimentation.api_keys (${column})`);
    }
    this.addSql(`
      create table experimentation.sessions (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        user_id uuid not null constraint sessions_user_id_foreign references experimentation.users on delete cascade,
        family_id uuid not null,
        token_hash text not null constraint sessions_token_hash_unique unique,
        expires_at timestamptz not null,
        used_at timestamptz,
        revoked_at timestamptz,
        user_agent text,
        ip text
      )`);
    this.addSql(`create index sessions_user_id_index on experimentation.sessions (user_id)`);
    this.addSql(`create index sessions_family_id_index on experimentation.sessions (family_id)`);
  }

  private audit(): void {
    this.addSql(`
      create table experimentation.audit_entries (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        actor_id uuid,
        actor_kind text not null
          constraint audit_entries_actor_kind_check check (actor_kind in ('user', 'api_key', 'system')),
        actor_name text not null,
        project_id uuid,
        action text not null,
        resource_type text not null,
        resource_id uuid,
        resource_key text,
        before jsonb,
        after jsonb,
        ip text,
        trace_id text
      )`);
    this.addSql(`create index audit_entries_project_index on experimentation.audit_entries (project_id, created_at)`);
    this.addSql(
      `create index audit_entries_resource_index on experimentation.audit_entries (resource_type, resource_id, created_at)`,
    );
  }
}
