import { defineEntity, p } from '@mikro-orm/core';
import { ValueList } from './value-list.entity.js';

const ValueListMemberSchema = defineEntity({
  name: 'ValueListMember',
  tableName: 'value_list_members',
  properties: {
    list: () => p.manyToOne(ValueList).ref().primary().index(false).deleteRule('cascade'),
    member: p.text().primary(),
  },
});

/** A member of a list; written and read by SQL, many at a time. */
export class ValueListMember extends ValueListMemberSchema.class {}
ValueListMemberSchema.setClass(ValueListMember);
