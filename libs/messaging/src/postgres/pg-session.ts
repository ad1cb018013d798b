import { Logger } from '@nestjs/common';
import pg from 'pg';
import { backoffMs } from '../consumer/failure-policy.js';
import type { SqlRow } from '../log/transaction.js';

/** The server ends a session that is silent for so long, and with it its locks: a frozen process loses its partitions. */
const IDLE_SECONDS = 10;
const HEARTBEAT_MS = 2_000;
const QUERY_TIMEOUT_MS = 5_000;

/**
 * The one long-lived connection of a process, for notifications and advisory locks. It reconnects by itself, with backoff;
 * a loss is told to the listeners and logged once.
 */
export class PgSession {
  private readonly logger = new Logger('log');
  private readonly channels = new Map<string, Set<(payload: string) => void>>();
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();
  private client: pg.Client | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = true;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly config: pg.ClientConfig) {}

  get connected(): boolean {
    return this.client !== undefined;
  }

  /** Begins to connect; resolves after the first try, whether it worked or not. */
  async start(): Promise<void> {
    this.stopped = false;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    clearInterval(this.heartbeat);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => this.upListeners.delete(listener);
  }

  onDown(listener: () => void): () => void {
    this.downListeners.add(listener);
    return () => this.downListeners.delete(listener);
  }

  /** Hears a channel, now and after every reconnection; returns how to stop. */
  listen(channel: string, listener: (payload: string) => void): () => void {
    const listeners = this.channels.get(channel) ?? new Set();
    listeners.add(listener);
    this.channels.set(channel, listeners);
    if (listeners.size === 1) void this.query(`LISTEN ${channel}`).catch(() => undefined);
    return () => listeners.delete(listener);
  }

  /** Runs a statement on this session, after those before it. @throws when it is not connected at the moment. */
  query(text: string, values: unknown[] = []): Promise<{ rows: SqlRow[] }> {
    const client = this.client;
    if (client === undefined)
      return Promise.reject(new Error('Connection terminated: the session of the log is away.'));
    const answer = this.queue.then(() => client.query<SqlRow>(values.length === 0 ? { text } : { text, values }));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ ...this.config, connectionTimeoutMillis: 3_000, query_timeout: QUERY_TIMEOUT_MS });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection was closed')));
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.channels.get(channel) ?? []) listener(payload ?? '');
    });
    try {
      await client.connect();
    } catch (error) {
      this.again(client, error);
      return;
    }
    if (this.stopped) {
      await client.end().catch(() => undefined);
      return;
    }
    // From here on `listen` speaks to this client; what was asked for before is caught up with.
    this.client = client;
    this.queue = Promise.resolve();
    const listens = [...this.channels.keys()].map((channel) => `LISTEN ${channel};`).join(' ');
    try {
      await this.query(`SET idle_session_timeout = '${IDLE_SECONDS}s'; ${listens}`);
    } catch (error) {
      this.lost(client, error);
    }
    if (this.client !== client) return;
    if (this.failures > 0) this.logger.log('the connection of the log is back');
    this.failures = 0;
    this.heartbeat = setInterval(() => {
      this.query('SELECT 1').catch((error: unknown) => this.lost(client, error));
    }, HEARTBEAT_MS);
    for (const listener of this.upListeners) listener();
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    for (const listener of this.downListeners) listener();
    this.again(client, error);
  }

  private again(client: pg.Client, error: unknown): void {
    void client.end().catch(() => undefined);
    if (this.stopped) return;
    this.failures += 1;
    if (this.failures === 1) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ err: reason }, 'the connection of the log was lost and is being made again');
    }
    this.retry = setTimeout(
      () => void this.connect(),
      backoffMs({ baseMs: 100, capMs: 3_000 }, this.failures, Math.random()),
    );
  }
}
