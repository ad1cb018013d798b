import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { DEFAULT_FAILURE_POLICY, LOG_SETTINGS, type LogSettings } from '../log/log-options.js';
import { LOG_TRANSPORT } from '../log/log-tokens.js';
import type { LogTransport, RunningConsumer } from '../log/log-transport.js';
import type { SqlClient } from '../log/transaction.js';
import { LogMetrics } from '../metrics/log-metrics.js';
import { traceHandling, type Invoke } from '../tracing/trace-handling.js';
import { BatchDelivery } from './batch-delivery.js';
import type { Deliver, DeliveryTools, Handling } from './delivery.js';
import { LOG_HANDLERS, type LogHandlerExtras, type LogHandlerOptions } from './log-handler.decorator.js';
import { OffsetStore } from './offset-store.js';
import { SingleDelivery } from './single-delivery.js';

type Callback = (data: unknown, context: unknown) => Promise<unknown>;

/**
 * Nest's server of the log: runs every `@LogHandler` of the process, those of several groups side by side.
 * `app.connectMicroservice({ strategy: app.get(LogServer) })`, then `app.startAllMicroservices()`.
 */
@Injectable()
export class LogServer extends Server implements CustomTransportStrategy {
  override readonly transportId = LOG_HANDLERS;
  override readonly propagatesEventHandlerErrors = true;
  private readonly log = new Logger('log');
  private readonly offsets: OffsetStore;
  private readonly consumers = new Map<string, RunningConsumer>();

  constructor(
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
    @Inject(POOL) pool: SqlClient,
    private readonly metrics?: LogMetrics,
  ) {
    super();
    this.offsets = new OffsetStore(pool);
  }

  /** Starts to consume in the background; a log that is away is waited for. */
  listen(callback: (error?: unknown) => void): void {
    try {
      for (const [pattern, handler] of this.messageHandlers) {
        if (handler.next !== undefined)
          throw new Error(`There are two handlers for ${pattern}. Give one of them another group.`);
        const { topic, options } = (handler.extras as unknown as LogHandlerExtras).log;
        const handling: Handling = {
          topic,
          group: options.group,
          mode: options.mode,
          maxBatch: options.maxBatch ?? 1_000,
          read: options.read,
          invoke: this.instrumented(topic, options, invoker(handler as Callback)),
        };
        const concurrency = options.concurrency ?? 4;
        const { group, maxBatch } = handling;
        const lingerMs = options.lingerMs ?? 0;
        const deliver = this.deliveryOf(handling);
        this.consumers.set(pattern, this.transport.consume({ topic, group, maxBatch, concurrency, lingerMs, deliver }));
      }
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Stops reading, waits for handlers at work (bounded), and hands the partitions to other processes. */
  async close(): Promise<void> {
    const consumers = [...this.consumers.values()];
    this.consumers.clear();
    await Promise.all(consumers.map((consumer) => consumer.stop(this.settings.shutdownGraceMs ?? 8_000)));
  }

  /** The partitions this process handles at the moment, by `<topic>#<group>`. */
  assignments(): Map<string, number[]> {
    return new Map([...this.consumers].map(([pattern, consumer]) => [pattern, consumer.assigned()]));
  }

  on(): never {
    throw new Error('The log has no events to subscribe to. Use @LogHandler.');
  }

  unwrap<T>(): T {
    return this.transport as T;
  }

  private instrumented(topic: Topic, { group, mode }: LogHandlerOptions, invoke: Invoke): Invoke {
    const measured = this.metrics?.measured(topic, group, mode, invoke) ?? invoke;
    return traceHandling(topic, mode, measured);
  }

  private deliveryOf(handling: Handling): Deliver {
    const tools: DeliveryTools = {
      offsets: this.offsets,
      policy: { ...DEFAULT_FAILURE_POLICY, ...this.settings.failure },
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      random: Math.random,
      warn: (fields, text) => this.log.warn(fields, text),
      observe: (step) => {
        this.metrics?.stored(step);
        this.settings.observe?.(step);
      },
    };
    return handling.mode === 'batch'
      ? new BatchDelivery(handling, tools).deliver
      : new SingleDelivery(handling, tools).deliver;
  }
}

/** Calls a Nest handler and waits for what it returns, be it a promise or a stream. */
function invoker(handler: Callback): (data: unknown, context: unknown) => Promise<void> {
  return async (data, context) => {
    const result = await handler(data, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  };
}
