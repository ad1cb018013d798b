import { defineEntity, p } from '@mikro-orm/core';

const ValueListMemberSchema = defineEntity({
  name: 'ValueListMember',
  tableName: 'value_list_members',
  properties: {
    /** Of a `ValueList`. No foreign key: a million members would each be checked against the one list that is locked anyway. */
    listId: p.uuid().primary(),
    member: p.text().primary(),
    version: p.integer().default(0),
    removed: p.boolean().default(false),
  },
  indexes: [
    { name: 'value_list_members_version_index', properties: ['listId', 'version'], where: 'version > 0' },
    { name: 'value_list_members_removed_index', properties: ['listId'], where: 'removed' },
  ],
});

/**
 * A member of a list; written and read by SQL, many at a time. `version` is that of the list with which the member came, or
 * went (`removed`): so that who holds a version can read what has changed since. 0: with more than anybody reads as changes.
 */
export class ValueListMember extends ValueListMemberSchema.class {}
ValueListMemberSchema.setClass(ValueListMember);
