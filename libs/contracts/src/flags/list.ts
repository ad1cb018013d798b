import { z } from 'zod';
import { Key, resettable, text } from '../http/primitives.js';

/** Members that a list may have. */
export const MOST_LIST_MEMBERS = 1_000_000;

/** One id of a list. */
export const ListMember = text(256, 1);

const settings = { name: text(200, 1), description: text(10_000) };

/** A large list of ids that conditions name (`{attr, op: "in", list}`). Its members are read apart from it. */
export const ValueList = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    ...settings,
    size: z.int().meta({ description: 'How many members the list has' }),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'List' });
export type ValueList = z.output<typeof ValueList>;

export const ValueListCreate = z
  .strictObject({
    key: Key,
    ...settings,
    description: settings.description.default(''),
    members: z.array(ListMember).max(MOST_LIST_MEMBERS).default([]),
  })
  .meta({ id: 'ListCreate' });
export type ValueListCreate = z.output<typeof ValueListCreate>;

export const ValueListPatch = z
  .strictObject({ ...settings, description: resettable(settings.description, '') })
  .partial()
  .meta({ id: 'ListPatch' });
export type ValueListPatch = z.output<typeof ValueListPatch>;

/** Ids that come and ids that go; who is in both stays. */
export const ListMembersChange = z
  .strictObject({
    add: z.array(ListMember).max(MOST_LIST_MEMBERS).default([]),
    remove: z.array(ListMember).max(MOST_LIST_MEMBERS).default([]),
  })
  .meta({ id: 'ListMembersChange' });
export type ListMembersChange = z.output<typeof ListMembersChange>;

/** What a change of members has done; what was so already is not counted. */
export const ListMembersChanged = z
  .object({ added: z.int(), removed: z.int(), size: z.int(), version: z.int() })
  .meta({ id: 'ListMembersChanged' });
export type ListMembersChanged = z.output<typeof ListMembersChanged>;

/** What a stream of ids does with them. `replace`: the list has these and no others. */
export const LIST_MODES = ['add', 'remove', 'replace'] as const;
export type ListMode = (typeof LIST_MODES)[number];
