import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type LabelValues } from 'prom-client';

/** One value of a metric that is read when it is asked for. */
export interface Reading<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/** Prometheus gives up after ten seconds; what cannot be read by then is left out, the rest is still told. */
const READ_WITHIN_MS = 3_000;

/** The Prometheus metrics of one process. Asking twice for a name gives the same metric. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return (
      (this.known(name) as Counter<L> | undefined) ??
      new Counter({ name, help, labelNames, registers: [this.registry] })
    );
  }

  /** `read`, when given, is asked at each scrape. */
  gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    read?: () => number | Promise<number>,
  ): Gauge<L> {
    const collect =
      read === undefined
        ? {}
        : {
            async collect(this: Gauge<L>) {
              this.set(await read());
            },
          };
    return (
      (this.known(name) as Gauge<L> | undefined) ??
      new Gauge({ name, help, labelNames, registers: [this.registry], ...collect })
    );
  }

  /** A gauge whose values are read at each scrape; when they cannot be read it has none. */
  readings<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: () => Promise<readonly Reading<L>[]>,
  ): Gauge<L> {
    return (
      (this.known(name) as Gauge<L> | undefined) ??
      new Gauge({
        name,
        help,
        labelNames,
        registers: [this.registry],
        async collect(this: Gauge<L>) {
          const found = await within(READ_WITHIN_MS, read).catch(() => []);
          this.reset();
          // A gauge without labels would be 0 after a reset, which is a claim.
          if (labelNames.length === 0 && found.length === 0) this.remove();
          for (const { labels, value } of found) this.set(labels as LabelValues<L>, value);
        },
      })
    );
  }

  /** Buckets in the unit of the name (seconds, bytes …), ascending. */
  histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ): Histogram<L> {
    return (
      (this.known(name) as Histogram<L> | undefined) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
    );
  }

  private known(name: string): unknown {
    return this.registry.getSingleMetric(name);
  }
}

async function within<T>(milliseconds: number, act: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('not read in time')), milliseconds);
  });
  try {
    return await Promise.race([act(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
