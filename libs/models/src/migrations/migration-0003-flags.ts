import { Migration } from '@mikro-orm/migrations';

/** Feature flags with their overrides and revisions, and segments. */
export class Migration0003Flags extends Migration {
  override up(): void {
    this.featureFlags();
    this.overridesAndRevisions();
    this.segments();
  }

  private featureFlags(): void {
    this.addSql(`
      create table experimentation.feature_flags (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint feature_flags_project_id_foreign references experimentation.projects,
        key text not null,
        name text not null,
        description text not null default '',
        status text not null default 'INACTIVE' constraint feature_flags_status_check
          check (status in ('ACTIVE', 'INACTIVE')),
        owner_id uuid not null constraint feature_flags_owner_id_foreign references experimentation.users,
        type text not null default 'boolean' constraint feature_flags_type_check
          check (type in ('boolean', 'string', 'number', 'json')),
        targeting_rules jsonb not null default '[]',
        rollout_percentage numeric(6, 3) not null default 0 constraint feature_flags_rollout_percentage_check
          check (rollout_percentage >= 0 and rollout_percentage <= 100),
        variants jsonb not null default '[]',
        default_variant text,
        off_variant text,
        client_side boolean not null default false,
        tags jsonb not null default '[]',
        salt text not null,
        definition jsonb not null,
        expert_definition boolean not null default false,
        version int not null default 1,
        constraint feature_flags_project_key_unique unique (project_id, key)
      )`);
    this.addSql(`create index feature_flags_owner_status_index on experimentation.feature_flags (owner_id, status)`);
  }

  private overridesAndRevisions(): void {
    this.addSql(`
      create table experimentation.feature_flag_overrides (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        feature_flag_id uuid not null constraint feature_flag_overrides_feature_flag_id_foreign
          references experimentation.feature_flags on delete cascade,
        user_id text not null,
        value jsonb not null,
        reason text not null default '',
        expires_at timestamptz,
        constraint feature_flag_overrides_flag_user_unique unique (feature_flag_id, user_id)
      )`);
    this.addSql(`
      create table experimentation.flag_revisions (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        feature_flag_id uuid not null constraint flag_revisions_feature_flag_id_foreign
          references experimentation.feature_flags on delete cascade,
        version int not null,
        definition jsonb not null,
        change text not null,
        reason text,
        actor_id uuid,
        constraint flag_revisions_flag_version_unique unique (feature_flag_id, version)
      )`);
  }

  private segments(): void {
    this.addSql(`
      create table experimentation.segments (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint segments_project_id_foreign references experimentation.projects,
        key text not null,
        name text not null,
        description text not null default '',
        condition jsonb not null,
        version int not null default 1,
        constraint segments_project_key_unique unique (project_id, key)
      )`);
  }
}
