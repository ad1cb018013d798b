import { Migration } from '@mikro-orm/migrations';

/** The looks that a group-sequential plan has taken: rows are only added, and decide for ever. */
export class Migration0033RecordedLooks extends Migration {
  override up(): void {
    this.addSql(`
      create table experimentation.recorded_looks (
        experiment_id uuid not null,
        metric text not null,
        variant_id uuid not null,
        look smallint not null,
        planned_look smallint not null,
        taken_at timestamptz not null,
        units bigint not null,
        information_fraction double precision not null,
        alpha double precision not null,
        estimate double precision not null,
        standard_error double precision not null,
        relative_estimate double precision,
        relative_standard_error double precision,
        statistic double precision not null,
        critical_value double precision not null,
        alpha_spent double precision not null,
        crossed boolean not null,
        primary key (experiment_id, metric, variant_id, look)
      )`);
  }
}
