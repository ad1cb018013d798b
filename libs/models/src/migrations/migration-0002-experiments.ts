import { Migration } from '@mikro-orm/migrations';

/** Experiments with their variants, metrics and revisions, and the rule that allocations sum to 100. */
export class Migration0002Experiments extends Migration {
  override up(): void {
    this.experiments();
    this.variants();
    this.allocationSum();
    this.metrics();
    this.revisions();
  }

  private experiments(): void {
    this.addSql(`
      create table experimentation.experiments (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        project_id uuid not null constraint experiments_project_id_foreign references experimentation.projects,
        environment_id uuid not null constraint experiments_environment_id_foreign
          references experimentation.environments,
        key text not null,
        name text not null,
        description text not null default '',
        hypothesis text not null default '',
        status text not null default 'DRAFT' constraint experiments_status_check
          check (status in ('DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED', 'ARCHIVED')),
        experiment_type text not null default 'A_B' constraint experiments_experiment_type_check
          check (experiment_type in ('A_B', 'MULTIVARIATE', 'SPLIT_URL', 'BANDIT')),
        owner_id uuid not null constraint experiments_owner_id_foreign references experimentation.users,
        start_date timestamptz,
        end_date timestamptz,
        targeting_rules jsonb,
        metrics jsonb not null default '[]',
        tags jsonb not null default '[]',
        coverage numeric(6, 3) not null default 100
          constraint experiments_coverage_check check (coverage >= 0 and coverage <= 100),
        unit jsonb not null default '["userId"]',
        salt text not null,
        layer text,
        analysis jsonb not null default '{}',
        factors jsonb,
        bandit jsonb,
        decision jsonb,
        started_at timestamptz,
        version int not null default 1,
        constraint experiments_project_key_unique unique (project_id, key),
        constraint experiments_end_after_start_check check (end_date > start_date)
      )`);
    this.addSql(
      `create index experiments_status_dates_index on experimentation.experiments (status, start_date, end_date)`,
    );
    this.addSql(`create index experiments_owner_status_index on experimentation.experiments (owner_id, status)`);
    this.addSql(`create index experiments_environment_id_index on experimentation.experiments (environment_id)`);
  }

  private variants(): void {
    this.addSql(`
      create table experimentation.variants (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        experiment_id uuid not null constraint variants_experiment_id_foreign
          references experimentation.experiments on delete cascade,
        key text not null,
        name text not null,
        description text not null default '',
        is_control boolean not null default false,
        traffic_allocation numeric(6, 3) not null
          constraint variants_traffic_allocation_check check (traffic_allocation >= 0 and traffic_allocation <= 100),
        configuration jsonb not null default '{}',
        position int not null default 0,
        constraint variants_experiment_key_unique unique (experiment_id, key),
        constraint variants_id_experiment_unique unique (id, experiment_id)
      )`);
    this.addSql(
      `create unique index variants_experiment_control_unique on experimentation.variants (experiment_id) where is_control`,
    );
  }

  /**
   * Checked at commit, so that variants can be written one by one. The experiment's row is locked first: two transactions
   * that both write a first set of variants would otherwise each see only their own 100 percent.
   */
  private allocationSum(): void {
    this.addSql(`
      create function experimentation.check_variants_allocation_sum() returns trigger language plpgsql as $$
      declare
        affected uuid;
        total numeric;
      begin
        for affected in
          select distinct id from unnest(array[
            case when tg_op <> 'INSERT' then old.experiment_id end,
            case when tg_op <> 'DELETE' then new.experiment_id end
          ]) as id where id is not null
        loop
          perform 1 from experimentation.experiments where id = affected for no key update;
          select sum(traffic_allocation) into total from experimentation.variants where experiment_id = affected;
          if abs(total - 100) > 0.01 then
            raise exception using
              errcode = 'check_violation',
              schema = 'experimentation',
              table = 'variants',
              constraint = 'variants_allocation_sum',
              message = format('the traffic allocations of experiment %s sum to %s instead of 100', affected, total),
              hint = 'change the allocations of all its variants in one transaction';
          end if;
        end loop;
        return null;
      end $$`);
    this.addSql(`
      create constraint trigger variants_allocation_sum
        after insert or delete or update of traffic_allocation, experiment_id on experimentation.variants
        deferrable initially deferred
        for each row execute function experimentation.check_variants_allocation_sum()`);
  }

  private metrics(): void {
    this.addSql(`
      create table experimentation.metrics (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        experiment_id uuid not null constraint metrics_experiment_id_foreign
          references experimentation.experiments on delete cascade,
        name text not null,
        description text not null default '',
        event_name text not null,
        metric_type text not null constraint metrics_metric_type_check
          check (metric_type in ('CONVERSION', 'REVENUE', 'COUNT', 'DURATION', 'CUSTOM')),
        is_primary boolean not null default false,
        role text not null default 'goal' constraint metrics_role_check
          check (role in ('goal', 'secondary', 'guardrail')),
        aggregation_method text not null constraint metrics_aggregation_method_check check (aggregation_method in (
          'exists', 'count', 'sum', 'average', 'min', 'max', 'first', 'last', 'distinct', 'ratio', 'quantile'
        )),
        minimum_sample_size int,
        expected_effect double precision,
        event_value_path text,
        lower_is_better boolean not null default false,
        denominator_event_name text,
        quantile double precision,
        window_hours double precision,
        delay_hours double precision,
        cap_percentile double precision,
        cuped_lookback_days double precision,
        non_inferiority_margin double precision,
        position int not null default 0,
        constraint metrics_experiment_name_unique unique (experiment_id, name)
      )`);
  }

  private revisions(): void {
    this.addSql(`
      create table experimentation.experiment_revisions (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        experiment_id uuid not null constraint experiment_revisions_experiment_id_foreign
          references experimentation.experiments on delete cascade,
        version int not null,
        definition jsonb not null,
        change text not null,
        reason text,
        actor_id uuid,
        constraint experiment_revisions_experiment_version_unique unique (experiment_id, version)
      )`);
  }
}
