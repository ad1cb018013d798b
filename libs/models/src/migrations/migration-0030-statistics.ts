import { Migration } from '@mikro-orm/migrations';

/** What the methods of the statistics need: more settings of a metric, and the arms' sums by the day of the exposure. */
export class Migration0030Statistics extends Migration {
  override up(): void {
    this.addSql(`
      alter table experimentation.metrics
        add column quantile_by text,
        add column cap_value double precision,
        add column ignore_zeros boolean not null default false,
        add column covariates jsonb not null default '[]',
        add column steps jsonb not null default '[]',
        drop constraint metrics_aggregation_method_check,
        add constraint metrics_aggregation_method_check check (aggregation_method in (
          'exists', 'count', 'sum', 'average', 'min', 'max', 'first', 'last', 'distinct', 'ratio', 'quantile', 'funnel'
        ))`);
    this.addSql(`
      create table experimentation.arm_days (
        experiment_id uuid not null,
        variant_id uuid not null,
        shard smallint not null,
        day int not null,
        units bigint not null default '0',
        conflicted bigint not null default '0',
        moments double precision[] not null default '{}',
        updated_at timestamptz not null default now(),
        primary key (experiment_id, variant_id, shard, day)
      )`);
  }
}
