import { Migration } from '@mikro-orm/migrations';

/** The values of units that quantiles and caps at percentiles are read from. */
export class Migration0031RankedChanges extends Migration {
  override up(): void {
    this.addSql(`
      create table experimentation.ranked_changes (
        experiment_id uuid not null,
        shard smallint not null,
        id uuid not null,
        body bytea not null,
        primary key (experiment_id, shard, id)
      )`);
    // Numbers hardly get shorter: trying it would cost more than it saves. Their length is known without reading them, too.
    this.addSql(`alter table experimentation.ranked_changes alter column body set storage external`);
  }
}
