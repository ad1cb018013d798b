import { createRequire } from 'node:module';

/** The part of kafkajs's queue of requests, one a connection, that is used here. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/** kafkajs does not export it; its package has no `exports` that would forbid the path. */
export const requestQueueOf = (): { readonly prototype: RequestQueue } =>
  createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: RequestQueue };

let mended = false;

/**
 * Lets a connection rest while it has nothing to send. kafkajs 2.2.4 looks every millisecond whether a request waits, on each
 * connection from its first answer on, whether one waits or not (tulios/kafkajs issue 1704, never released): a service that does
 * nothing took 4 to 5 % of a core, and Node 24 warned of a negative timeout. A request that has to wait sets the timer itself when it
 * is queued, so that without one there is nothing to look for.
 */
export function quietConnections(): void {
  if (mended) return;
  mended = true;
  const { prototype } = requestQueueOf();
  const schedule = prototype.scheduleCheckPendingRequests;
  if (typeof schedule !== 'function')
    throw new Error('kafkajs has changed: quiet-connections.ts does not fit it any more');
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
