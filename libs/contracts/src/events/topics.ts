import { z } from 'zod';
import { defineTopic } from '../log/topic.js';

/**
 * An event that was accepted at the edge. Short and flat: it is the hottest message of the system. References are already
 * resolved to ids; `key` is the deterministic UUID made of project and the client's id, by which duplicates are known.
 */
export const AcceptedEvent = z.object({
  key: z.string(),
  id: z.string(),
  projectId: z.string(),
  eventType: z.string(),
  userId: z.string(),
  /** When it happened, epoch milliseconds. */
  at: z.number(),
  value: z.number().nullable(),
  experimentId: z.string().nullable(),
  variantId: z.string().nullable(),
  flagId: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
});
export type AcceptedEvent = z.output<typeof AcceptedEvent>;

export const eventAccepted = defineTopic<AcceptedEvent>({
  type: 'event.accepted',
  version: 1,
  schema: AcceptedEvent,
  keyedBy: 'project and user, so that a unit’s history stays on one partition',
  partitions: 8,
  retention: { kind: 'delete', hours: 168 },
});

/** An event that was refused at the edge, kept so that it can be looked at and replayed. */
export const RejectedEvent = z.object({
  id: z.string(),
  projectId: z.string(),
  code: z.string(),
  message: z.string(),
  payload: z.unknown(),
  at: z.number(),
});
export type RejectedEvent = z.output<typeof RejectedEvent>;

export const eventRejected = defineTopic<RejectedEvent>({
  type: 'event.rejected',
  version: 1,
  schema: RejectedEvent,
  keyedBy: 'project',
  partitions: 1,
  retention: { kind: 'delete', hours: 168 },
});

/** Refused events that were taken after all. */
export const ReplayedEvents = z.object({ projectId: z.string(), ids: z.array(z.string()), at: z.number() });
export type ReplayedEvents = z.output<typeof ReplayedEvents>;

export const eventReplayed = defineTopic<ReplayedEvents>({
  type: 'event.replayed',
  version: 1,
  schema: ReplayedEvents,
  keyedBy: 'project',
  partitions: 1,
  retention: { kind: 'delete', hours: 168 },
});

/** Cheap check of an accepted event read back from the log: it was checked in full when it was accepted. */
export function looksAccepted(data: unknown): data is AcceptedEvent {
  if (typeof data !== 'object' || data === null) return false;
  const event = data as Partial<AcceptedEvent>;
  return (
    typeof event.key === 'string' &&
    typeof event.id === 'string' &&
    typeof event.projectId === 'string' &&
    typeof event.eventType === 'string' &&
    typeof event.userId === 'string' &&
    typeof event.at === 'number' &&
    Number.isFinite(event.at) &&
    (event.value === null || (typeof event.value === 'number' && Number.isFinite(event.value)))
  );
}
