import { Migration } from '@mikro-orm/migrations';

/** Members of lists say with which version they came or went, so that a few changes of a million are read as a few. */
export class Migration0022ListChanges extends Migration {
  override up(): void {
    this.addSql(`alter table experimentation.value_lists add column changes_since int not null default 0`);
    this.addSql(`
      alter table experimentation.value_list_members
        add column version int not null default 0,
        add column removed boolean not null default false`);
    this.addSql(`
      create index value_list_members_version_index on experimentation.value_list_members (list_id, version)`);
  }
}
