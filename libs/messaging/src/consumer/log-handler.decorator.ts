import type { Topic } from '@assay/contracts';
import { UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { HandlerErrorFilter } from './handler-error.filter.js';

export interface LogHandlerOptions<T = unknown> {
  /** Consumer group; each group sees every record of the topic once. Usually the service's name. */
  readonly group: string;
  /** `single`: `(data, context)` per record. `batch`: `(batch: LogBatch, context)`. */
  readonly mode: 'single' | 'batch';
  /** Most records in one batch (default 1,000). */
  readonly maxBatch?: number;
  /** Most partitions handled at the same time in one process (default 4). */
  readonly concurrency?: number;
  /** A partition with little in it is handled once in so many milliseconds at most (default 0), which makes batches larger. */
  readonly lingerMs?: number;
  /** Reads `data` on hot topics, instead of the topic's schema; undefined for what cannot be handled. */
  readonly read?: (data: unknown) => T | undefined;
}

/** Nest's id of this transport: handlers of the log go to no other one. */
export const LOG_HANDLERS = Symbol('assay:log');

/** What the decorator leaves for the strategy: found in the `extras` of the Nest handler. */
export interface LogHandlerExtras {
  readonly log: { readonly topic: Topic; readonly options: LogHandlerOptions };
}

/**
 * Makes a controller's method the handler of a topic for a consumer group: an `@EventPattern` of `<topic>#<group>`, so that
 * several groups may handle one topic in the same process.
 */
export function LogHandler<T>(topic: Topic<T>, options: LogHandlerOptions<T>): MethodDecorator {
  const extras: LogHandlerExtras = { log: { topic, options } };
  return (target, key, descriptor) => {
    // Nest hands over only what is asked for.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    Reflect.decorate(
      [
        EventPattern(`${topic.name}#${options.group}`, LOG_HANDLERS, { ...extras }),
        UseFilters(HandlerErrorFilter),
      ] as MethodDecorator[],
      target,
      key,
      descriptor,
    );
  };
}
