import type { LogBatch, LogRecord } from '../log/records.js';
import { Attempts, DeliveryAborted } from './attempts.js';
import type { Deliver, DeliveryTools, Handling, Span, Work } from './delivery.js';
import { sortRecords } from './sort-records.js';

/** Delivery in batches: one call of the handler and one stored offset for up to `maxBatch` records. */
export class BatchDelivery {
  private readonly attempts: Attempts;

  constructor(
    private readonly handling: Handling,
    private readonly tools: DeliveryTools,
  ) {
    this.attempts = new Attempts(handling, tools);
  }

  readonly deliver: Deliver = async (work) => {
    const progress = { position: work.position };
    try {
      for (let at = 0; progress.position < work.end && !work.signal.aborted; at += this.handling.maxBatch) {
        await this.settle(this.spanAt(work, at, progress.position), progress, this.tools.policy.attempts);
      }
    } catch (error) {
      if (!(error instanceof DeliveryAborted)) throw error;
    }
    return progress.position;
  };

  private spanAt(work: Work, at: number, from: number): Span {
    const raw = work.records.slice(at, at + this.handling.maxBatch);
    const following = work.records[at + this.handling.maxBatch];
    const { records, dead } = sortRecords(this.handling.topic, raw, this.handling.read);
    const { partition, signal, place } = work;
    return { partition, signal, place, from, end: following?.offset ?? work.end, records, dead };
  }

  /**
   * Handles a span and stores its offset. One that fails for good is halved, so that only the records that fail on their own
   * are put aside: the halves on the way are tried once, a single record as often as the policy says.
   */
  private async settle(span: Span, progress: { position: number }, limit: number): Promise<void> {
    const outcome = await this.attempts.run(
      span,
      (context) => this.handling.invoke(this.batchOf(span), context),
      limit,
    );
    if (outcome.done) {
      if (!outcome.committed) await this.attempts.store(span);
      this.advance(span, progress, span.records.length);
      return;
    }
    const [only] = span.records;
    if (span.records.length === 1 && only !== undefined) {
      const dead = [...span.dead, this.attempts.dead(only, outcome.error, outcome.attempts)];
      await this.attempts.store({ ...span, records: [], dead });
      this.advance({ ...span, dead }, progress, 0);
      return;
    }
    for (const half of halves(span)) {
      if (span.signal.aborted) throw new DeliveryAborted();
      await this.settle(half, progress, half.records.length === 1 ? this.tools.policy.attempts : 1);
    }
  }

  private advance(span: Span, progress: { position: number }, handled: number): void {
    progress.position = span.end;
    this.attempts.observe(handled, span.dead.length);
  }

  private batchOf(span: Span): LogBatch {
    const { topic, group } = this.handling;
    return { topic: topic.name, partition: span.partition, group, records: span.records };
  }
}

/** Two spans that cover the same offsets; the second begins at a record. */
function halves(span: Span): [Span, Span] {
  const middle = span.records.length >> 1;
  const border = (span.records[middle] as LogRecord).offset;
  return [
    {
      ...span,
      end: border,
      records: span.records.slice(0, middle),
      dead: span.dead.filter((dead) => dead.offset < border),
    },
    {
      ...span,
      from: border,
      records: span.records.slice(middle),
      dead: span.dead.filter((dead) => dead.offset >= border),
    },
  ];
}
