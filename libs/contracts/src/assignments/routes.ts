import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, UserId } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import {
  Assignment,
  AssignmentBatch,
  AssignmentBatchRequest,
  AssignmentRequest,
  StoredAssignment,
} from './assignment.js';
import { AssignmentExplanation } from './explanation.js';

const base = { tag: 'Assignments', scope: 'environment' } as const;

export const createAssignment = defineRoute({
  ...base,
  id: 'createAssignment',
  method: 'POST',
  path: '/api/v1/assignments',
  summary: 'Assign a unit to a variant of an experiment',
  description:
    'The first assignment of a user is kept for ever: later calls give the same variant, whatever happens to allocations, ' +
    'coverage and targeting. A PAUSED experiment enrols nobody new and keeps whom it has; a DRAFT, COMPLETED or ARCHIVED one, ' +
    'and one of another environment than the key’s, answers NOT_ACTIVE to everybody. The attribute `userId` is the given user.',
  access: 'assignment:create',
  body: AssignmentRequest,
  success: { status: 200, schema: Assignment },
  repeatable: true,
});

export const createAssignments = defineRoute({
  ...base,
  id: 'createAssignments',
  method: 'POST',
  path: '/api/v1/assignments/batch',
  summary: 'Assign a unit to several experiments',
  description: 'Without `experiments`: to every experiment of the environment that is ACTIVE or PAUSED, sorted by key.',
  access: 'assignment:create',
  body: AssignmentBatchRequest,
  success: { status: 200, schema: AssignmentBatch },
  repeatable: true,
});

export const listAssignments = defineRoute({
  ...base,
  id: 'listAssignments',
  method: 'GET',
  path: '/api/v1/assignments',
  summary: 'List stored assignments, newest first',
  description: '`sort` takes createdAt, userId and bucket; `q` is the beginning of the user’s id.',
  access: 'assignment:read',
  query: ListQuery.extend({ experiment: IdOrKey.optional(), userId: UserId.optional() }),
  success: { status: 200, schema: listOf(StoredAssignment) },
});

export const explainAssignment = defineRoute({
  ...base,
  id: 'explainAssignment',
  method: 'GET',
  path: '/api/v1/assignments/explain',
  summary: 'Explain a unit’s assignment',
  description:
    'Hash inputs, buckets and what decided, for the present definition and for the one that was recorded. Of a unit that is ' +
    'not assigned only `userId` is known; pass further attributes as a JSON object in `context`.',
  access: 'assignment:read',
  query: z.strictObject({ experiment: IdOrKey, userId: UserId, context: z.string().max(65_536).optional() }),
  success: { status: 200, schema: AssignmentExplanation },
});

/** What the assignment service answers about assignments. */
export const assignmentRoutes = [createAssignment, createAssignments, listAssignments, explainAssignment];
