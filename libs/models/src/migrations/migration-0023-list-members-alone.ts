import { Migration } from '@mikro-orm/migrations';

/**
 * Members of lists are written a million at a time: each was checked against the one list, which is locked anyway. Removed ones
 * are counted after each removal, so they are found without reading the others.
 */
export class Migration0023ListMembersAlone extends Migration {
  override up(): void {
    this.addSql(`
      alter table experimentation.value_list_members drop constraint value_list_members_list_id_foreign`);
    this.addSql(`
      create index value_list_members_removed_index on experimentation.value_list_members (list_id) where removed`);
  }
}
