import { v7 } from 'uuid';
import type { LogRecord } from '../log/records.js';
import { DeliveryContext } from './delivery-context.js';
import type { DeliveryTools, Handling, Span } from './delivery.js';
import { backoffMs, errorText, failureKind } from './failure-policy.js';
import { StaleBatchError, type LogContext } from './log-context.js';
import type { Advance, DeadRecord } from './offset-store.js';

export type Outcome =
  | { readonly done: true; readonly committed: boolean }
  | { readonly done: false; readonly error: unknown; readonly attempts: number };

/** Thrown inside a delivery to leave it when its signal is aborted. */
export class DeliveryAborted extends Error {}

/** The one failure policy: tries a handler, waits out outages, and stores offsets. */
export class Attempts {
  constructor(
    private readonly handling: Handling,
    private readonly tools: DeliveryTools,
  ) {}

  /** Tries until it works, the policy gives up (`limit` failures of its own), or the signal is aborted. */
  async run(span: Span, invoke: (context: LogContext) => Promise<void>, limit: number): Promise<Outcome> {
    const first = span.records[0];
    if (first === undefined) return { done: true, committed: false };
    let own = 0;
    let outages = 0;
    for (;;) {
      if (span.signal.aborted) throw new DeliveryAborted();
      const move = this.moveOf(span);
      const context = new DeliveryContext(this.tools.offsets, move, span.dead, first, own + outages + 1, span.signal);
      try {
        await invoke(context);
        if (context.stale) throw new StaleBatchError(move.group, move.topic, move.partition);
        return { done: true, committed: context.committed };
      } catch (error) {
        if (context.stale || error instanceof StaleBatchError) throw staleOf(error, context);
        if (failureKind(error) === 'outage') {
          outages += 1;
          await this.wait(span, 'outage', outages, error);
        } else {
          own += 1;
          if (own >= limit) return { done: false, error, attempts: own };
          await this.wait(span, 'own', own, error);
        }
      }
    }
  }

  /** Stores the offset after the span and its dead letters, however long the database is away. */
  async store(span: Span): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await this.tools.offsets.advance(this.moveOf(span), span.dead);
        return;
      } catch (error) {
        if (error instanceof StaleBatchError || failureKind(error) === 'own') throw error;
        await this.wait(span, 'outage', failures, error);
      }
    }
  }

  /** The dead letter of a record the handler failed on. */
  dead(record: LogRecord, error: unknown, attempts: number): DeadRecord {
    const { message, code } = errorText(error);
    const { topic, group } = this.handling;
    this.tools.warn(
      { topic: topic.name, group, offset: record.offset, code },
      'a message was put aside as a dead letter',
    );
    const { envelope, offset, key } = record;
    const scope = envelope.scope ?? null;
    return { id: v7(), offset, key, scope, payload: JSON.stringify(envelope), error: message, code, attempts };
  }

  observe(handled: number, dead: number): void {
    this.tools.observe?.({ topic: this.handling.topic.name, group: this.handling.group, handled, dead });
  }

  private moveOf(span: Span): Advance {
    const { topic, group } = this.handling;
    return { group, topic: topic.name, partition: span.partition, expected: span.from, next: span.end };
  }

  private async wait(span: Span, kind: 'own' | 'outage', failures: number, error: unknown): Promise<void> {
    const { policy, sleep, random, warn } = this.tools;
    if (failures === 1) {
      const where = { topic: this.handling.topic.name, group: this.handling.group, partition: span.partition };
      warn({ ...where, from: span.from, err: error }, 'a handler failed and will be tried again');
    }
    span.place.giveBack();
    try {
      await sleep(backoffMs(kind === 'own' ? policy.retry : policy.outage, failures, random()), span.signal);
    } catch {
      throw new DeliveryAborted();
    }
    await span.place.take();
  }
}

function staleOf(error: unknown, context: LogContext): StaleBatchError {
  return error instanceof StaleBatchError
    ? error
    : new StaleBatchError(context.group, context.topic, context.partition);
}
