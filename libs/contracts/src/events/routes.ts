import { z } from 'zod';
import { listOf, ListQuery } from '../http/list.js';
import { EMPTY_PERIOD, hasLength } from '../http/period.js';
import { IdOrKey, Time, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { EventInput, EventsAnswer } from './event.js';

/** Body of a JSON batch. The items are parsed one by one, since one bad event never fails its batch. */
export const EventBatch = z.strictObject({ events: z.array(z.unknown()).min(1).max(1_000) });

/** As `EventBatch`, but with the items spelled out: for the OpenAPI document. */
const DocumentedBatch = z.strictObject({ events: z.array(EventInput).min(1).max(1_000) }).meta({ id: 'EventBatch' });

export const ingestEvents = defineRoute({
  id: 'ingestEvents',
  method: 'POST',
  path: '/api/v1/events',
  tag: 'Events',
  summary: 'Send events and exposures',
  description:
    'JSON `{events: [...]}` (up to 1,000 or 1 MiB) or `application/x-ndjson`, one event a line, of any length. gzip is accepted. ' +
    'Answered once the log has acknowledged the events. A bad event is refused with its index and reason, the others are taken; ' +
    'so is a line that is not JSON (`invalid_json`) or longer than 1,048,576 characters (`payload_too_large`). ' +
    'A body that cannot be read to its end (truncated gzip, a lost connection) stores nothing, and more than 1,000 events of JSON ' +
    'are 413. An event without an `id` gets one made of the `Idempotency-Key`, if there is one, and of its index: a request that is sent again under its key stores nothing twice.',
  access: 'event:create',
  scope: 'environment',
  body: DocumentedBatch,
  bodyMode: 'stream',
  idempotent: 'by-handler',
  // A body is of any length and stored when all of it is there.
  streamAnswerMs: 120_000,
  success: { status: 202, schema: EventsAnswer, description: 'Accepted by the log' },
});

export const StoredEvent = z
  .object({
    id: z.string(),
    eventType: z.string(),
    userId: z.string(),
    timestamp: z.string(),
    value: z.number().nullable(),
    experimentId: z.string().nullable(),
    variantId: z.string().nullable(),
    flagId: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    storedAt: z.string(),
  })
  .meta({ id: 'Event' });
export type StoredEvent = z.output<typeof StoredEvent>;

export const listEvents = defineRoute({
  id: 'listEvents',
  method: 'GET',
  path: '/api/v1/events',
  tag: 'Events',
  summary: 'List stored events, newest first',
  description:
    '`sort` takes timestamp, the time when it happened (`sort=timestamp`: the oldest first; only with `userId` or `experiment` ' +
    'where an installation holds more than a million events). `q` is the beginning of the user’s id. `total` is exact; it is null beyond 10,000 events of a filter, and for a filter ' +
    'without `userId` and `experiment` where an installation holds more than a million events. Without a filter it is what the ' +
    'ledger says is stored.',
  access: 'event:read',
  scope: 'project',
  query: ListQuery.extend({
    sort: z.enum(['-timestamp', 'timestamp']).default('-timestamp'),
    userId: text(256).optional(),
    eventType: text(200).optional(),
    experiment: IdOrKey.optional(),
    from: Time.optional(),
    to: Time.optional(),
  }).refine(hasLength, EMPTY_PERIOD),
  success: {
    status: 200,
    schema: z.object({ items: z.array(StoredEvent), nextCursor: z.string().nullable(), total: z.int().nullable() }),
  },
});

export const RefusedEvent = z
  .object({
    id: z.uuid(),
    code: z.string(),
    message: z.string(),
    event: z.unknown(),
    rejectedAt: z.string(),
    replayedAt: z.string().nullable(),
  })
  .meta({ id: 'RefusedEvent' });
export type RefusedEvent = z.output<typeof RefusedEvent>;

export const listRejectedEvents = defineRoute({
  id: 'listRejectedEvents',
  method: 'GET',
  path: '/api/v1/events/rejected',
  tag: 'Events',
  summary: 'List refused events with the reason, newest first',
  description: '`sort` takes rejectedAt. `q` is the beginning of the message, which names the field: `q=metadata`.',
  access: 'event:read',
  scope: 'project',
  query: ListQuery.extend({
    sort: z.enum(['-rejectedAt', 'rejectedAt']).default('-rejectedAt'),
    code: text(60).optional(),
  }),
  success: { status: 200, schema: listOf(RefusedEvent) },
});

export const replayRejectedEvents = defineRoute({
  id: 'replayRejectedEvents',
  method: 'POST',
  path: '/api/v1/events/rejected/replay',
  tag: 'Events',
  summary: 'Try refused events again',
  description:
    'For events that were refused for a cause that has been mended, such as an experiment that was not started yet.',
  access: 'event:replay',
  scope: 'environment',
  body: z.strictObject({ ids: z.array(z.uuid()).min(1).max(1_000).optional(), code: z.string().max(60).optional() }),
  success: {
    status: 200,
    schema: z.object({ replayed: z.int(), refusedAgain: z.int(), remaining: z.int() }).meta({ id: 'ReplayAnswer' }),
  },
});

export const Ledger = z
  .object({
    received: z.int(),
    stored: z.int(),
    duplicate: z.int(),
    rejected: z.int(),
    deadLettered: z.int(),
    pending: z.int(),
  })
  .meta({ id: 'Ledger', description: 'received = stored + duplicate + rejected + deadLettered + pending' });
export type Ledger = z.output<typeof Ledger>;

export const readLedger = defineRoute({
  id: 'readLedger',
  method: 'GET',
  path: '/api/v1/ledger',
  tag: 'Events',
  summary: 'Where every received event is',
  access: 'event:read',
  scope: 'project',
  success: { status: 200, schema: Ledger },
});

/** What ingestion answers. */
export const ingestionRoutes = [ingestEvents, replayRejectedEvents];
/** What analysis answers about events. */
export const eventRoutes = [listEvents, listRejectedEvents, readLedger];
