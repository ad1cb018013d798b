import { Migration } from '@mikro-orm/migrations';

/** Who got which variant: once per experiment and unit, for ever. */
export class Migration0004Assignment extends Migration {
  override up(): void {
    // The second foreign key covers both columns, so that a variant of another experiment cannot be assigned. Deleting a
    // variant that somebody has is refused; deleting the whole experiment takes the assignments along.
    this.addSql(`
      create table experimentation.assignments (
        id uuid primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        experiment_id uuid not null constraint assignments_experiment_id_foreign
          references experimentation.experiments on delete cascade,
        variant_id uuid not null,
        user_id text not null,
        context jsonb not null default '{}',
        bucket int not null,
        definition_version int not null,
        propensity double precision not null,
        constraint assignments_experiment_user_unique unique (experiment_id, user_id),
        constraint assignments_variant_of_experiment_foreign foreign key (variant_id, experiment_id)
          references experimentation.variants (id, experiment_id)
      )`);
  }
}
