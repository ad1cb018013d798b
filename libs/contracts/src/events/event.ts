import { z } from 'zod';
import { IdOrKey, Time, UserId, text } from '../http/primitives.js';

/** Limits of one event and one batch (`api.md` §5). */
export const EVENT_LIMITS = {
  batch: 1_000,
  bodyBytes: 1_048_576,
  idLength: 200,
  metadataBytes: 32_768,
  futureHours: 24,
  /** Largest magnitude of a value: its square and sums of them stay finite. */
  value: 1e100,
} as const;

export const EXPOSURE = '$exposure';

/** One event as a client sends it. */
export const EventInput = z
  .strictObject({
    id: text(EVENT_LIMITS.idLength, 1).nullish(),
    eventType: text(200, 1),
    userId: UserId,
    timestamp: Time.nullish(),
    value: z.number().min(-EVENT_LIMITS.value).max(EVENT_LIMITS.value).nullish(),
    experiment: IdOrKey.nullish(),
    variant: IdOrKey.nullish(),
    flag: IdOrKey.nullish(),
    /** It came out of a JSON parser, so that it holds nothing but JSON; walking it again would double the cost of an event. */
    metadata: z.record(z.string(), z.unknown()).nullish(),
  })
  .meta({ id: 'EventInput' });
export type EventInput = z.output<typeof EventInput>;

/** Why an event was refused; `code` is stable. */
export const EventRejection = z
  .object({ index: z.int().min(0), id: z.string().nullable(), code: z.string(), message: z.string() })
  .meta({ id: 'EventRejection' });
export type EventRejection = z.output<typeof EventRejection>;

export const EventsAnswer = z
  .object({ accepted: z.int().min(0), duplicates: z.int().min(0).optional(), rejected: z.array(EventRejection) })
  .meta({ id: 'EventsAnswer' });
export type EventsAnswer = z.output<typeof EventsAnswer>;
