import type { z } from 'zod';

/** How long messages stay: for a time, or the last one of each key for ever. */
export type Retention = { readonly kind: 'delete'; readonly hours: number } | { readonly kind: 'compact' };

/** A topic of the log: both ends parse `data` with its schema. Changes within a version are additive. */
export interface Topic<T = unknown> {
  /** Event type, e.g. `event.accepted`. */
  readonly type: string;
  readonly version: number;
  /** Name on the wire: `assay.event.accepted.v1`. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Messages of one key keep their order; this says what the key is. */
  readonly keyedBy: string;
  readonly partitions: number;
  readonly retention: Retention;
}

export function defineTopic<T>(topic: Omit<Topic<T>, 'name'>): Topic<T> {
  return { ...topic, name: `assay.${topic.type}.v${topic.version}` };
}
