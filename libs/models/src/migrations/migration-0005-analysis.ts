import { Migration } from '@mikro-orm/migrations';

const EVENT_PARTITIONS = 8;

/** Events and what is computed from them. */
export class Migration0005Analysis extends Migration {
  override up(): void {
    this.events();
    this.statistics();
    this.ledger();
  }

  /**
   * Partitioned by the hash of `id`, which is the dedupe key: a key that held the time would let a resent event with
   * another timestamp in. Three indexes and no more, because every one is paid for at each insert.
   */
  private events(): void {
    this.addSql(`
      create table experimentation.events (
        id uuid primary key,
        project_id uuid not null,
        event_id text not null,
        event_type text not null,
        user_id text not null,
        experiment_id uuid constraint events_experiment_id_foreign
          references experimentation.experiments on delete set null,
        feature_flag_id uuid constraint events_feature_flag_id_foreign
          references experimentation.feature_flags on delete set null,
        variant_id uuid constraint events_variant_id_foreign references experimentation.variants on delete set null,
        value double precision,
        event_metadata jsonb not null default '{}',
        created_at timestamptz not null,
        updated_at timestamptz not null default now()
      ) partition by hash (id)`);
    for (let remainder = 0; remainder < EVENT_PARTITIONS; remainder += 1) {
      this.addSql(`
        create table experimentation.events_${remainder} partition of experimentation.events
          for values with (modulus ${EVENT_PARTITIONS}, remainder ${remainder})`);
    }
    this.addSql(`create index events_user_type_index on experimentation.events (user_id, event_type, created_at)`);
    this.addSql(`
      create index events_experiment_type_index on experimentation.events (experiment_id, event_type)
        where experiment_id is not null`);
    this.addSql(`create index events_stored_index on experimentation.events using brin (updated_at)`);
  }

  private statistics(): void {
    this.addSql(`
      create table experimentation.experiment_plans (
        experiment_id uuid not null,
        shard smallint not null,
        layout jsonb not null,
        layout_hash text not null,
        definition_version int not null,
        built_at timestamptz not null default now(),
        primary key (experiment_id, shard)
      )`);
    // A unit's row is updated with each of its events: room in the page keeps the updates there (HOT).
    this.addSql(`
      create table experimentation.unit_metrics (
        user_id text not null,
        experiment_id uuid not null,
        variant_id uuid not null,
        exposed_at timestamptz not null,
        conflicted boolean not null default false,
        shard smallint not null,
        cells double precision[] not null,
        primary key (user_id, experiment_id)
      ) with (fillfactor = 60)`);
    this.addSql(`
      create index unit_metrics_experiment_index on experimentation.unit_metrics (experiment_id)`);
    this.addSql(`
      create table experimentation.arm_statistics (
        experiment_id uuid not null,
        variant_id uuid not null,
        shard smallint not null,
        units bigint not null default '0',
        conflicted bigint not null default '0',
        moments double precision[] not null default '{}',
        updated_at timestamptz not null default now(),
        primary key (experiment_id, variant_id, shard)
      )`);
  }

  private ledger(): void {
    this.addSql(`
      create table experimentation.ledger_counters (
        project_id uuid not null,
        shard smallint not null,
        consumed bigint not null default '0',
        stored bigint not null default '0',
        duplicate bigint not null default '0',
        primary key (project_id, shard)
      )`);
    this.addSql(`
      create table experimentation.rejected_events (
        id uuid primary key,
        project_id uuid not null,
        reason text not null,
        message text not null,
        payload jsonb not null,
        created_at timestamptz not null default now(),
        replayed_at timestamptz
      )`);
    this.addSql(
      `create index rejected_events_project_index on experimentation.rejected_events (project_id, created_at)`,
    );
  }
}
