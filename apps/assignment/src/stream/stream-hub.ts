import { setImmediate as turn } from 'node:timers/promises';
import { ChangeLog, type LoggedChange } from './change-log.js';
import { HEARTBEAT, refetchFrame, type Frame } from './frames.js';
import type { StreamClient } from './stream-client.js';

/** Frames kept for clients that come back. */
const MOST_FRAMES = 256;
/** Changes within this time after a frame share the next one. */
const PACE_MS = 20;
/** Clients written to before others have their turn. */
const AT_ONCE = 250;

export interface HubSettings {
  /** The state of the definitions now. */
  readonly fingerprint: () => string;
  readonly now: () => number;
}

/**
 * The streams of one environment. A change becomes one frame, serialised once; nobody waits for anybody: a client that does
 * not read is dropped.
 */
export class StreamHub {
  readonly log = new ChangeLog();
  private readonly clients = new Set<StreamClient>();
  private readonly byName = new Map<string, Set<StreamClient>>();
  private readonly frames: Frame[] = [];
  private pending: NodeJS.Timeout | undefined;
  private lastAt = Number.NEGATIVE_INFINITY;
  private dropped = 0;

  constructor(private readonly settings: HubSettings) {}

  get size(): number {
    return this.clients.size;
  }

  /** Clients that were dropped because they did not read. */
  get droppedClients(): number {
    return this.dropped;
  }

  all(): Iterable<StreamClient> {
    return this.clients;
  }

  /**
   * @param has the state the client says it has; what it missed since is sent at once
   */
  add(client: StreamClient, has: string | undefined): void {
    this.clients.add(client);
    const { client: name } = client.listener;
    const named = this.byName.get(name) ?? new Set();
    this.byName.set(name, named.add(client));
    const missed = this.missedSince(has);
    if (has !== undefined && missed.length === 0) {
      client.confirmed = this.log.sequence;
      client.confirmedAt = this.settings.now();
    }
    for (const frame of missed) this.write(client, frame.bytes);
  }

  remove(client: StreamClient): void {
    this.clients.delete(client);
    const named = this.byName.get(client.listener.client);
    named?.delete(client);
    if (named?.size === 0) this.byName.delete(client.listener.client);
  }

  /** A change of a definition has been taken; clients are told soon. */
  changed(change: Omit<LoggedChange, 'sequence' | 'delays'>): void {
    this.log.add(change);
    if (this.pending !== undefined) return;
    const wait = Math.max(0, this.lastAt + PACE_MS - this.settings.now());
    this.pending = setTimeout(() => void this.publish(), wait);
  }

  /** A client has fetched everything as it is now. */
  confirm(name: string): void {
    const named = this.byName.get(name);
    if (named === undefined) return;
    const now = this.settings.now();
    let from = this.log.sequence;
    for (const client of named) {
      if (client.confirmed !== null) from = Math.min(from, client.confirmed);
      client.confirmed = this.log.sequence;
      client.confirmedAt = now;
    }
    this.log.confirm(from, now);
  }

  /** Shows every client that the server is there, and drops those that are not. */
  async beat(patience: number): Promise<void> {
    const now = this.settings.now();
    await this.each((client) => {
      if (client.isStuck(now, patience)) this.drop(client);
      else this.write(client, HEARTBEAT);
    });
  }

  close(): void {
    clearTimeout(this.pending);
    for (const client of this.clients) client.end();
    this.clients.clear();
    this.byName.clear();
  }

  drop(client: StreamClient): void {
    this.dropped += 1;
    this.remove(client);
    client.cut();
  }

  private async publish(): Promise<void> {
    this.pending = undefined;
    this.lastAt = this.settings.now();
    const frame = refetchFrame(this.settings.fingerprint(), this.lastAt);
    this.frames.push(frame);
    if (this.frames.length > MOST_FRAMES) this.frames.shift();
    await this.each((client) => this.write(client, frame.bytes));
  }

  /** In slices, so that the first to be told can fetch while the last are written to. */
  private async each(act: (client: StreamClient) => void): Promise<void> {
    let done = 0;
    for (const client of [...this.clients]) {
      act(client);
      done += 1;
      if (done % AT_ONCE === 0) await turn();
    }
  }

  private write(client: StreamClient, bytes: Buffer): void {
    if (!client.send(bytes)) this.drop(client);
  }

  /** The frames after a state; one that is not remembered is answered by how it is now, and the present one by nothing. */
  private missedSince(has: string | undefined): readonly Frame[] {
    if (has === undefined || has === this.settings.fingerprint()) return [];
    const index = this.frames.findLastIndex(({ id }) => id === has);
    const missed = index < 0 ? [] : this.frames.slice(index + 1);
    return missed.length > 0 ? missed : [refetchFrame(this.settings.fingerprint(), this.settings.now())];
  }
}
