import type { Topic } from '@assay/contracts';
import { Metrics } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import type { LogBatch, LogRecord } from '../log/records.js';
import type { Step } from '../log/log-options.js';
import type { Invoke } from '../tracing/trace-handling.js';

const SIZES = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
const HANDLER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LATENCY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

/** What the consumers of a process do, counted while they do it. */
@Injectable()
export class LogMetrics {
  private readonly sizes;
  private readonly durations;
  private readonly latencies;
  private readonly records;
  private readonly dead;

  constructor(metrics: Metrics) {
    const labels = ['topic', 'group'] as const;
    this.sizes = metrics.histogram(
      'assay_consumer_batch_records',
      'Records handled at once by batch handlers',
      labels,
      SIZES,
    );
    this.durations = metrics.histogram(
      'assay_consumer_handler_duration_seconds',
      'Duration of one call of a handler, with its transaction',
      [...labels, 'outcome'],
      HANDLER_SECONDS,
    );
    this.latencies = metrics.histogram(
      'assay_delivery_latency_seconds',
      'From the making of a record to the commit of its effect; of event.accepted in analysis: from the event to the result',
      labels,
      LATENCY_SECONDS,
    );
    this.records = metrics.counter('assay_consumer_records_total', 'Records that a group is done with', labels);
    this.dead = metrics.counter('assay_dead_letters_total', 'Records put aside as dead letters', labels);
  }

  /** A handler that is measured. */
  measured(topic: Topic, group: string, mode: 'single' | 'batch', invoke: Invoke): Invoke {
    const labels = { topic: topic.name, group };
    const latencies = this.latencies.labels(labels);
    const sizes = this.sizes.labels(labels);
    const done = this.durations.labels({ ...labels, outcome: 'done' });
    const failed = this.durations.labels({ ...labels, outcome: 'failed' });
    return async (data, context) => {
      const began = performance.now();
      try {
        await invoke(data, context);
      } catch (error) {
        failed.observe((performance.now() - began) / 1_000);
        throw error;
      }
      done.observe((performance.now() - began) / 1_000);
      const records = mode === 'batch' ? (data as LogBatch).records : [context.record];
      if (mode === 'batch') sizes.observe(records.length);
      observeLatencies(records, Date.now(), (seconds) => latencies.observe(seconds));
    };
  }

  /** What was stored, dead letters included. */
  stored({ topic, group, handled, dead }: Step): void {
    if (handled > 0) this.records.inc({ topic, group }, handled);
    if (dead > 0) this.dead.inc({ topic, group }, dead);
  }
}

/** Latencies taken of one batch; so many tell their distribution, and a thousand would cost as much as the rest of a batch. */
const SAMPLES = 32;

function observeLatencies(records: readonly LogRecord[], now: number, observe: (seconds: number) => void): void {
  const stride = Math.max(1, Math.ceil(records.length / SAMPLES));
  for (let index = 0; index < records.length; index += stride) {
    const made = Date.parse(records[index]?.envelope.time ?? '');
    if (!Number.isNaN(made)) observe(Math.max(0, now - made) / 1_000);
  }
}
