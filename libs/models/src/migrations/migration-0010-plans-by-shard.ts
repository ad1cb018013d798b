import { Migration } from '@mikro-orm/migrations';

/** Each batch asks which experiments have numbers in its shard, and by which version of their definition. */
export class Migration0010PlansByShard extends Migration {
  override up(): void {
    this.addSql(`create index experiment_plans_shard_index on experimentation.experiment_plans (shard)`);
  }
}
