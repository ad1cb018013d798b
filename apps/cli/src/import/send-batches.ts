import type { EventsAnswer } from '@assay/contracts';
import type { Batch } from './batches.js';

/** An event the server refused, with the line of the file it came from. */
export interface RefusedLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface Sent {
  readonly events: number;
  readonly accepted: number;
  readonly refused: readonly RefusedLine[];
}

/** How many refused events are kept for the report; all are counted. */
const REPORTED = 20;

/**
 * Sends batches with `inFlight` requests at a time. The first failure ends it, once the requests under way have ended;
 * whatever arrived is known by its ids when the import is run again.
 */
export async function sendBatches(
  source: AsyncGenerator<Batch>,
  send: (body: string) => Promise<EventsAnswer>,
  inFlight: number,
  onSent: (batch: Batch) => void,
): Promise<Sent & { readonly refusedCount: number }> {
  let [events, accepted, refusedCount] = [0, 0, 0];
  const refused: RefusedLine[] = [];
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (;;) {
      if (hasFailed) return;
      const next = await source.next();
      if (next.done === true) return;
      const answer = await send(next.value.body);
      events += next.value.events;
      accepted += answer.accepted;
      refusedCount += answer.rejected.length;
      for (const { index, code, message } of answer.rejected) {
        if (refused.length < REPORTED) refused.push({ line: next.value.lines[index] ?? 0, code, message });
      }
      onSent(next.value);
    }
  };
  const workers = Array.from({ length: inFlight }, () =>
    work().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  await source.return(undefined);
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  refused.sort((left, right) => left.line - right.line);
  return { events, accepted, refused, refusedCount };
}
