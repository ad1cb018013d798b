import { Socket } from 'node:net';
import type { Topic } from '@assay/contracts';
import { SystemClock } from '@assay/platform';
import pg from 'pg';
import type { LogContext } from '../consumer/log-context.js';
import { type LogHandlerOptions } from '../consumer/log-handler.decorator.js';
import { LogServer } from '../consumer/log-server.js';
import { LogTail } from '../consumer/log-tail.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { LogAdmin } from '../log/log-admin.js';
import type { LogSettings } from '../log/log-options.js';
import { LogProducer } from '../log/log-producer.js';
import type { LogTransport } from '../log/log-transport.js';
import type { LogBatch } from '../log/records.js';
import { TopicRegistry } from '../log/topic-registry.js';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { Outbox } from '../outbox/outbox.js';
import { PgSession } from '../postgres/pg-session.js';
import { connectionOf, keepAlive } from '../postgres/pool-connection.js';

/** How the suite gets a transport of its kind; every socket must come from `socket`, so that a crash can be played. */
export type MakeTransport = (parts: {
  pool: pg.Pool;
  session: PgSession;
  settings: LogSettings;
  socket: () => Socket;
}) => LogTransport;

/**
 * All of the log as one process has it, without Nest around it. `kill` cuts every connection at once and for good, as the
 * operating system does for a process that is killed.
 */
export class LogProcess {
  readonly pool: pg.Pool;
  readonly session: PgSession;
  readonly transport: LogTransport;
  readonly producer: LogProducer;
  readonly server: LogServer;
  readonly tail: LogTail;
  readonly admin: LogAdmin;
  readonly deadLetters: DeadLetters;
  readonly outbox: Outbox;
  readonly relay: OutboxRelay;
  private readonly sockets = new Set<Socket>();
  private dead = false;
  private over = false;
  private unreachable = false;

  constructor(url: string, make: MakeTransport, topics: readonly Topic[], extra: Partial<LogSettings> = {}) {
    const settings: LogSettings = {
      transport: 'postgres',
      source: '/assay/test',
      shutdownGraceMs: 1_000,
      topics,
      failure: { attempts: 3, retry: { baseMs: 5, capMs: 20 }, outage: { baseMs: 20, capMs: 100 } },
      ...extra,
    };
    this.pool = new pg.Pool({
      connectionString: url,
      max: 12,
      connectionTimeoutMillis: 10_000,
      stream: () => this.socket(),
    });
    keepAlive(this.pool);
    this.session = new PgSession(connectionOf(this.pool));
    this.transport = make({ pool: this.pool, session: this.session, settings, socket: () => this.socket() });
    const clock = new SystemClock();
    const registry = new TopicRegistry(settings);
    this.producer = new LogProducer(this.transport, settings, clock);
    this.server = new LogServer(this.transport, settings, this.pool);
    this.tail = new LogTail(this.transport, settings);
    this.admin = new LogAdmin(this.transport, this.pool, registry);
    this.deadLetters = new DeadLetters(this.pool, this.transport, registry);
    this.outbox = new Outbox(settings, clock);
    this.relay = new OutboxRelay(this.transport, this.pool, this.session, registry);
  }

  async start(): Promise<this> {
    await this.session.start();
    await this.transport.start();
    await this.admin.ensureTopics();
    return this;
  }

  batch<T>(
    topic: Topic<T>,
    group: string,
    handler: (batch: LogBatch<T>, context: LogContext) => Promise<void>,
    options: Partial<LogHandlerOptions<T>> = {},
  ): this {
    return this.handle(topic, { ...options, group, mode: 'batch' }, handler);
  }

  single<T>(topic: Topic<T>, group: string, handler: (data: T, context: LogContext) => Promise<void>): this {
    return this.handle(topic, { group, mode: 'single' }, handler);
  }

  listen(): this {
    this.server.listen((error) => {
      if (error !== undefined) throw error as Error;
    });
    return this;
  }

  async close(): Promise<void> {
    if (this.over) return;
    this.over = true;
    await this.server.close();
    await this.relay.stop();
    await this.tail.stop();
    await this.transport.stop();
    await this.session.stop();
    await this.pool.end();
  }

  /** Ends it as `kill -9` would. What is left of it in memory is let run out: it cannot reach anything. */
  kill(): void {
    this.over = true;
    this.dead = true;
    for (const socket of this.sockets) socket.destroy(lost('ECONNRESET', 'read'));
    void Promise.allSettled([this.server.close(), this.relay.stop(), this.tail.stop()]).then(() =>
      Promise.allSettled([this.transport.stop(), this.session.stop(), this.pool.end()]),
    );
  }

  private handle<T>(
    topic: Topic<T>,
    options: LogHandlerOptions<T>,
    handler: (data: never, context: LogContext) => Promise<void>,
  ): this {
    this.server.addHandler(`${topic.name}#${options.group}`, handler as never, true, { log: { topic, options } });
    return this;
  }

  /** Cuts every connection and refuses new ones, until `heal`. */
  cut(): void {
    this.unreachable = true;
    for (const socket of this.sockets) socket.destroy(lost('ECONNRESET', 'read'));
  }

  heal(): void {
    this.unreachable = false;
  }

  private socket(): Socket {
    const socket = new Socket();
    if (this.dead || this.unreachable) {
      process.nextTick(() => socket.destroy(lost('ECONNREFUSED', 'connect')));
      return socket;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }
}

/** What a socket says when the other side is gone. */
function lost(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
