import type { RawRecord } from '../log/log-transport.js';
import { Attempts, DeliveryAborted } from './attempts.js';
import type { Deliver, DeliveryTools, Handling, Span, Work } from './delivery.js';
import type { DeadRecord } from './offset-store.js';
import { sortRecords } from './sort-records.js';

/** The offset is stored at least so often while records are handled one by one. */
const STORE_EVERY_MS = 250;

/** Delivery record by record. Offsets are stored behind the handler, so a crash delivers some records again. */
export class SingleDelivery {
  private readonly attempts: Attempts;

  constructor(
    private readonly handling: Handling,
    private readonly tools: DeliveryTools,
  ) {
    this.attempts = new Attempts(handling, tools);
  }

  readonly deliver: Deliver = async (work) => {
    const progress: Progress = { stored: work.position, handled: work.position, since: performance.now(), count: 0 };
    try {
      for (const [index, raw] of work.records.entries()) {
        if (work.signal.aborted) break;
        await this.one(work, raw, work.records[index + 1]?.offset ?? work.end, progress);
      }
      if (!work.signal.aborted) progress.handled = work.end;
    } catch (error) {
      if (!(error instanceof DeliveryAborted)) throw error;
    }
    await this.store(work, progress, []).catch((error: unknown) => {
      if (!(error instanceof DeliveryAborted)) throw error;
    });
    return progress.stored;
  };

  private async one(work: Work, raw: RawRecord, end: number, progress: Progress): Promise<void> {
    const { records, dead } = sortRecords(this.handling.topic, [raw], this.handling.read);
    const [record] = records;
    if (record !== undefined) {
      const span = spanOf(work, progress.stored, end, { records });
      const { data } = record;
      const outcome = await this.attempts.run(
        span,
        (context) => this.handling.invoke(data, context),
        this.tools.policy.attempts,
      );
      if (!outcome.done) dead.push(this.attempts.dead(record, outcome.error, outcome.attempts));
      else if (outcome.committed) progress.stored = end;
      if (outcome.done) progress.count += 1;
    }
    progress.handled = end;
    if (dead.length > 0 || performance.now() - progress.since > STORE_EVERY_MS) await this.store(work, progress, dead);
  }

  private async store(work: Work, progress: Progress, dead: DeadRecord[]): Promise<void> {
    if (progress.handled > progress.stored) {
      await this.attempts.store(spanOf(work, progress.stored, progress.handled, { dead }));
      progress.stored = progress.handled;
    }
    if (progress.count + dead.length > 0) this.attempts.observe(progress.count, dead.length);
    progress.since = performance.now();
    progress.count = 0;
  }
}

interface Progress {
  /** Offset in the store. */
  stored: number;
  /** Offset after the last record the handler is done with. */
  handled: number;
  since: number;
  /** Records handled since the offset was stored. */
  count: number;
}

function spanOf(work: Work, from: number, end: number, what: Partial<Pick<Span, 'records' | 'dead'>>): Span {
  const { partition, signal, place } = work;
  return { partition, signal, place, from, end, records: [], dead: [], ...what };
}
