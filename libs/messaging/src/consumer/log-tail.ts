import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@assay/contracts';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DEFAULT_FAILURE_POLICY, LOG_SETTINGS, type LogSettings } from '../log/log-options.js';
import { LOG_TRANSPORT } from '../log/log-tokens.js';
import type { LogTransport, RawRecord, Running } from '../log/log-transport.js';
import type { TailRecord } from '../log/records.js';
import { backoffMs, failureKind } from './failure-policy.js';
import { parseRecord } from './parse-record.js';

/** Broadcast: every process that subscribes gets every record from now on. No group, no stored offset, no dead letters. */
@Injectable()
export class LogTail {
  private readonly logger = new Logger('log');
  private readonly stopping = new AbortController();
  private readonly running = new Set<Running>();

  constructor(
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
  ) {}

  /**
   * Follows a topic. When it resolves, whatever is appended from then on will be seen, in order per key: subscribe first, read
   * the database afterwards, and nothing is missed. While the log is away it waits; do not await it to start without the log.
   * A record the handler keeps failing on is logged and passed over.
   *
   * @returns how to stop.
   */
  async subscribe<T>(
    topic: Topic<T>,
    handler: (record: TailRecord<T>) => Promise<void> | void,
  ): Promise<() => Promise<void>> {
    const deliver = (partition: number, raw: RawRecord): Promise<void> =>
      this.deliver(topic, partition, raw, handler as (record: TailRecord) => Promise<void> | void);
    const running = await this.patiently(topic.name, () => this.transport.tail(topic, deliver));
    this.running.add(running);
    return async () => {
      this.running.delete(running);
      await running.stop(this.settings.shutdownGraceMs ?? 8_000);
    };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.running].map((running) => running.stop(this.settings.shutdownGraceMs ?? 8_000)));
    this.running.clear();
  }

  private async deliver(
    topic: Topic,
    partition: number,
    raw: RawRecord,
    handler: (record: TailRecord) => Promise<void> | void,
  ): Promise<void> {
    const parsed = parseRecord(topic, raw);
    const where = { topic: topic.name, partition, offset: raw.offset };
    if (!('record' in parsed)) {
      this.logger.warn({ ...where, reason: parsed.malformed.code }, 'a message that cannot be read was passed over');
      return;
    }
    const { offset, key, data, envelope, traceparent } = parsed.record;
    const record: TailRecord = { offset, key, data, envelope, traceparent, partition };
    const policy = { ...DEFAULT_FAILURE_POLICY, ...this.settings.failure };
    for (let own = 0, failures = 1; !this.stopping.signal.aborted; failures += 1) {
      try {
        await handler(record);
        return;
      } catch (error) {
        const kind = failureKind(error);
        if (kind === 'own') own += 1;
        if (own >= policy.attempts) {
          this.logger.error({ ...where, err: error }, 'a message could not be handled and was passed over');
          return;
        }
        await this.pause(backoffMs(kind === 'own' ? policy.retry : policy.outage, failures, Math.random()));
      }
    }
  }

  private async patiently(topic: string, start: () => Promise<Running>): Promise<Running> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await start();
      } catch (error) {
        if (this.stopping.signal.aborted || failureKind(error) === 'own') throw error;
        if (failures === 1)
          this.logger.warn({ topic, err: String(error) }, 'the log cannot be followed yet; trying again');
        await this.pause(backoffMs({ baseMs: 100, capMs: 3_000 }, failures, Math.random()));
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
