import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import {
  LIST_MODES,
  ListMembersChange,
  ListMembersChanged,
  ValueList,
  ValueListCreate,
  ValueListPatch,
} from './list.js';

const base = { tag: 'Lists', scope: 'project' } as const;
const params = z.object({ id: IdOrKey });
const path = '/api/v1/lists/:id';

export const listLists = defineRoute({
  ...base,
  id: 'listLists',
  method: 'GET',
  path: '/api/v1/lists',
  summary: 'List lists',
  description:
    'Sorted by key. `sort` takes key, name, createdAt and updatedAt; `q` looks into key, name and description.',
  access: 'list:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(ValueList) },
});

export const createList = defineRoute({
  ...base,
  id: 'createList',
  method: 'POST',
  path: '/api/v1/lists',
  summary: 'Create a list',
  access: 'list:create',
  body: ValueListCreate,
  success: { status: 201, schema: ValueList },
  idempotent: true,
});

export const readList = defineRoute({
  ...base,
  id: 'readList',
  method: 'GET',
  path,
  summary: 'Read a list without its members',
  access: 'list:read',
  params,
  success: { status: 200, schema: ValueList },
});

export const updateList = defineRoute({
  ...base,
  id: 'updateList',
  method: 'PATCH',
  path,
  summary: 'Rename or describe a list',
  access: 'list:update',
  params,
  body: ValueListPatch,
  success: { status: 200, schema: ValueList },
});

export const deleteList = defineRoute({
  ...base,
  id: 'deleteList',
  method: 'DELETE',
  path,
  summary: 'Delete a list',
  description: 'Refused with 409 while a flag, an experiment or a segment names it.',
  access: 'list:delete',
  params,
  success: { status: 204 },
});

export const readListMembers = defineRoute({
  ...base,
  id: 'readListMembers',
  method: 'GET',
  path: `${path}/members`,
  summary: 'Members of a list, a page at a time',
  description: 'Sorted by member, with `sort=-member` downwards. `q` gives those that begin with it.',
  access: 'list:read',
  params,
  query: ListQuery.extend({
    limit: z.coerce.number().int().min(1).max(10_000).default(200),
    sort: z.enum(['member', '-member']).default('member'),
  }),
  success: { status: 200, schema: listOf(z.string()) },
});

export const changeListMembers = defineRoute({
  ...base,
  id: 'changeListMembers',
  method: 'POST',
  path: `${path}/members`,
  summary: 'Add and remove members of a list',
  description:
    'JSON `{add, remove}` up to 1 MiB, or `application/x-ndjson` with one JSON string a line, up to a million, of which `mode` (add) ' +
    'says what becomes of them (gzip is accepted). All of it is done, or nothing; adding what is there and removing what is not ' +
    'changes nothing, so that the call may be sent again.',
  access: 'list:update',
  params,
  query: z.strictObject({ mode: z.enum(LIST_MODES).optional() }),
  body: ListMembersChange,
  bodyMode: 'stream',
  // A million members are a matter of some ten seconds, on a slow and busy machine of minutes.
  streamAnswerMs: 300_000,
  success: { status: 200, schema: ListMembersChanged },
  repeatable: true,
});

export const listRoutes = [listLists, createList, readList, updateList, deleteList, readListMembers, changeListMembers];
