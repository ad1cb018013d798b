import { Migration } from '@mikro-orm/migrations';

/** What flags need to be run for years: settings by environment, schedules, counts, large lists; layers and holdouts. */
export class Migration0020FlagsLive extends Migration {
  override up(): void {
    this.flags();
    this.schedules();
    this.evaluationCounts();
    this.lists();
    this.layers();
    this.holdouts();
  }

  private flags(): void {
    this.addSql(`
      alter table experimentation.feature_flags
        add column archived_at timestamptz,
        add column value_schema jsonb,
        add column environment_settings jsonb not null default '{}',
        add column environment_definitions jsonb not null default '{}',
        add column stale_since timestamptz,
        add column stale_reason text`);
  }

  private schedules(): void {
    this.addSql(`
      create table experimentation.flag_schedules (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        feature_flag_id uuid not null constraint flag_schedules_feature_flag_id_foreign
          references experimentation.feature_flags on delete cascade,
        environment_id uuid,
        at timestamptz not null,
        change jsonb not null,
        reason text not null default '',
        status text not null default 'PENDING' constraint flag_schedules_status_check
          check (status in ('PENDING', 'APPLIED', 'FAILED', 'CANCELLED')),
        failure text,
        ramp_id uuid,
        actor_id uuid not null,
        actor_name text not null
      )`);
    this.addSql(`create index flag_schedules_status_at_index on experimentation.flag_schedules (status, at)`);
    this.addSql(`create index flag_schedules_flag_index on experimentation.flag_schedules (feature_flag_id)`);
  }

  private evaluationCounts(): void {
    this.addSql(`
      create table experimentation.flag_evaluation_counts (
        feature_flag_id uuid not null,
        environment_id uuid not null,
        day date not null,
        variant text not null,
        count bigint not null,
        last_at timestamptz not null,
        primary key (feature_flag_id, environment_id, day, variant)
      )`);
  }

  private lists(): void {
    this.addSql(`
      create table experimentation.value_lists (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint value_lists_project_id_foreign references experimentation.projects,
        key text not null,
        name text not null,
        description text not null default '',
        size int not null default 0,
        version int not null default 1,
        constraint value_lists_project_key_unique unique (project_id, key)
      )`);
    this.addSql(`
      create table experimentation.value_list_members (
        list_id uuid not null constraint value_list_members_list_id_foreign
          references experimentation.value_lists on delete cascade,
        member text not null,
        primary key (list_id, member)
      )`);
  }

  private layers(): void {
    this.addSql(`
      create table experimentation.layers (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint layers_project_id_foreign references experimentation.projects,
        key text not null,
        name text not null,
        description text not null default '',
        generation int not null default 1,
        unit jsonb not null default '["userId"]',
        salt text not null,
        excludes jsonb not null default '[]',
        mass double precision not null default 1,
        used double precision not null default 0,
        version int not null default 1,
        constraint layers_project_key_unique unique (project_id, key)
      )`);
    this.addSql(`
      create table experimentation.layer_allocations (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        layer_id uuid not null constraint layer_allocations_layer_id_foreign
          references experimentation.layers on delete cascade,
        experiment_id uuid not null constraint layer_allocations_experiment_id_foreign
          references experimentation.experiments on delete cascade,
        share double precision not null,
        generation int not null,
        condition jsonb not null,
        released_at timestamptz
      )`);
    this.addSql(`create index layer_allocations_layer_index on experimentation.layer_allocations (layer_id)`);
    this.addSql(`
      create index layer_allocations_experiment_index on experimentation.layer_allocations (experiment_id)`);
    this.addSql(`alter table experimentation.experiments add column admission jsonb`);
  }

  private holdouts(): void {
    this.addSql(`
      create table experimentation.holdouts (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint holdouts_project_id_foreign references experimentation.projects,
        layer_id uuid constraint holdouts_layer_id_foreign references experimentation.layers on delete cascade,
        key text not null,
        name text not null,
        description text not null default '',
        share numeric(6, 3) not null constraint holdouts_share_check check (share > 0 and share <= 50),
        salt text not null,
        released_at timestamptz,
        version int not null default 1,
        constraint holdouts_project_key_unique unique (project_id, key)
      )`);
    this.addSql(`create index holdouts_layer_index on experimentation.holdouts (layer_id)`);
  }
}
