import type { Topic } from '@assay/contracts';
import type { KafkaConfig } from 'kafkajs';

/** How often and how long a failing handler is tried again. */
export interface FailurePolicy {
  /** Tries of a record or batch that fails for a reason of its own (default 3). */
  readonly attempts: number;
  /** Waits between those tries: `base * 2^n` ms with jitter, at most `cap` (defaults 100 and 2,000). */
  readonly retry: Backoff;
  /** Waits while a database or broker is away; without end (defaults 200 and 10,000). */
  readonly outage: Backoff;
}

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Where Kafka is and how to speak to it. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Copies of each partition when topics are created (default 1; 3 in a cluster). */
  readonly replicationFactor?: number;
  /** Wait for more records before a produce request (default 3 ms). */
  readonly lingerMs?: number;
  /** An append that is not acknowledged by then has failed (default 4,000 ms: who waits for it hears of it within five seconds). */
  readonly sendMs?: number;
  /** Put before the names of topics and groups, where several installations share a broker (default none). */
  readonly prefix?: string;
  /** After so long without a sign a process loses its partitions (default 6,000 ms, the least a broker allows by default). */
  readonly sessionTimeoutMs?: number;
  /** Encryption and login, as kafkajs takes them. */
  readonly security?: Pick<KafkaConfig, 'ssl' | 'sasl'>;
}

export interface LogSettings {
  readonly transport: 'postgres' | 'kafka';
  /** Needed for `kafka`. */
  readonly kafka?: KafkaSettings;
  /** `source` of the envelopes, e.g. `/assay/ingestion`. */
  readonly source: string;
  /** Topics to be created at start, and to be known by name for dead letters and the outbox. */
  readonly topics: readonly Topic[];
  /** Whether this process relays the outbox (default true; safe in any number of processes). */
  readonly relay?: boolean;
  /** Minutes between runs of the retention job; 0 turns it off (default 10). */
  readonly retentionMinutes?: number;
  /** Longest wait for handlers at shutdown (default 8,000). */
  readonly shutdownGraceMs?: number;
  readonly failure?: Partial<FailurePolicy>;
  /** Told after each stored step of a consumer, for metrics. */
  readonly observe?: (step: Step) => void;
}

export const DEFAULT_FAILURE_POLICY: FailurePolicy = {
  attempts: 3,
  retry: { baseMs: 100, capMs: 2_000 },
  outage: { baseMs: 200, capMs: 10_000 },
};

/** What a group got done at once. */
export interface Step {
  readonly topic: string;
  readonly group: string;
  readonly handled: number;
  readonly dead: number;
}

/** Injection token of the settings. */
export const LOG_SETTINGS = Symbol('assay:log-settings');
