import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { Uuid, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { DeadLetter, DeadLetterStatusName, DeadLetterWithPayload } from './dead-letter.js';

const WHOSE =
  'Shows the letters of the project, and those that belong to none: messages that cannot be read, or that concern the whole installation.';

const params = z.object({ id: Uuid });

export const listDeadLetters = defineRoute({
  id: 'listDeadLetters',
  method: 'GET',
  path: '/api/v1/dead-letters',
  tag: 'Dead letters',
  summary: 'List messages that could not be handled, newest first',
  description: `${WHOSE} \`sort\` takes createdAt; \`q\` is the beginning of the error.`,
  access: 'dead_letter:read',
  scope: 'project',
  query: ListQuery.extend({
    cursor: Uuid.optional(),
    sort: z.enum(['-createdAt', 'createdAt']).default('-createdAt'),
    topic: text(200).optional(),
    group: text(200).optional(),
    status: DeadLetterStatusName.optional(),
  }),
  success: { status: 200, schema: listOf(DeadLetter) },
});

export const readDeadLetter = defineRoute({
  id: 'readDeadLetter',
  method: 'GET',
  path: '/api/v1/dead-letters/:id',
  tag: 'Dead letters',
  summary: 'A message that could not be handled, as it was on the wire',
  access: 'dead_letter:read',
  scope: 'project',
  params,
  success: { status: 200, schema: DeadLetterWithPayload },
});

export const replayDeadLetter = defineRoute({
  id: 'replayDeadLetter',
  method: 'POST',
  path: '/api/v1/dead-letters/:id/replay',
  tag: 'Dead letters',
  summary: 'Send a dead letter to its topic again',
  description:
    'Once, under its old id: every group of the topic sees it again, and those that have handled it know it by its id. ' +
    'If it fails again it becomes a new dead letter. 409 `not_replayable` for a message that is not JSON.',
  access: 'dead_letter:replay',
  scope: 'project',
  params,
  success: { status: 200, schema: DeadLetter },
});

export const discardDeadLetter = defineRoute({
  id: 'discardDeadLetter',
  method: 'POST',
  path: '/api/v1/dead-letters/:id/discard',
  tag: 'Dead letters',
  summary: 'Let go of a dead letter',
  description:
    'It stays in the list as `discarded`, and in the ledger as dead-lettered, but nobody needs to look at it.',
  access: 'dead_letter:discard',
  scope: 'project',
  params,
  success: { status: 200, schema: DeadLetter },
});

export const deadLetterRoutes = [listDeadLetters, readDeadLetter, replayDeadLetter, discardDeadLetter];
