import { AUTH_SETTINGS, Directory, type AuthSettings } from '@assay/auth';
import { AppError } from '@assay/contracts';
import { murmur3x86_32 } from '@assay/evaluation';
import { Clock, Metrics } from '@assay/platform';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { EnvironmentView } from '../environment/environment-view.js';
import { Environments } from '../environment/environments.service.js';
import { openingBlock } from './frames.js';
import { StreamClient, type Listener } from './stream-client.js';
import { StreamHub } from './stream-hub.js';
import { keyHashOf, streamToken } from './stream-token.js';

const HEARTBEAT_MS = 15_000;
/** Two heartbeats without a byte read. */
const PATIENCE_MS = 25_000;
/** Open streams of one process. */
const MOST_STREAMS = 50_000;
/** Tokens kept in memory. */
const MOST_TOKENS = 10_000;
/** How long a page may be hidden before its stream is closed. */
const INACTIVITY_SECONDS = 120;
/** Clients of a server that has gone come back within these, not all at once. */
const RETRY_MS = { least: 500, most: 2_500 } as const;

/** Open streams by environment: who listens, and what they are told. */
@Injectable()
export class Streams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly hubs = new Map<string, StreamHub>();
  private readonly versions = new Map<string, number>();
  private readonly secrets: AuthSettings['jwt']['keys'][number]['verifyWith'][];
  /** By the hash of the key: signing costs more than an evaluation. */
  private readonly tokens = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    environments: Environments,
    private readonly directory: Directory,
    private readonly clock: Clock,
    @Inject(AUTH_SETTINGS) auth: AuthSettings,
    metrics: Metrics,
  ) {
    this.secrets = auth.jwt.keys.map(({ verifyWith }) => verifyWith);
    environments.onChange((view, { definition, deleted }) => {
      const hub = this.hubs.get(view.place.environmentId);
      if (hub === undefined) return;
      const now = this.now();
      const committedAt = definition.changedAt ?? now;
      const previous = this.versions.get(definition.id) ?? null;
      if (deleted) this.versions.delete(definition.id);
      else this.versions.set(definition.id, definition.version);
      const { id: definitionId, version } = definition;
      hub.changed({ definitionId, version, previous, committedAt, seenAt: now });
    });
    metrics.gauge('assay_streams_open', 'Open streams of flag changes', [], () => this.open);
    metrics.gauge(
      'assay_streams_dropped',
      'Streams dropped because their clients did not read',
      [],
      () => this.dropped,
    );
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    clearInterval(this.timer);
    for (const hub of this.hubs.values()) hub.close();
  }

  hub(view: EnvironmentView): StreamHub {
    const { environmentId } = view.place;
    const held = this.hubs.get(environmentId);
    if (held !== undefined) return held;
    const hub = new StreamHub({ fingerprint: () => view.fingerprint, now: () => this.now() });
    this.hubs.set(environmentId, hub);
    for (const { definition } of view.served(false)) this.versions.set(definition.id, definition.version);
    return hub;
  }

  get open(): number {
    return sum(this.hubs.values(), ({ size }) => size);
  }

  get dropped(): number {
    return sum(this.hubs.values(), ({ droppedClients }) => droppedClients);
  }

  /** Where a client of a key hears of changes from now on: the JSON of an `OfrepEventStream`. */
  address(view: EnvironmentView, keyHash: string, client: string): string {
    // Letters, digits and `.-_` only: nothing of it needs to be escaped.
    const query = `token=${this.tokenOf(keyHash)}&client=${client}&since=${view.fingerprint}`;
    const endpoint = `{"requestUri":"/ofrep/v1/stream?${query}"}`;
    return `{"type":"sse","endpoint":${endpoint},"inactivityDelaySec":${INACTIVITY_SECONDS}}`;
  }

  private tokenOf(keyHash: string): string {
    const known = this.tokens.get(keyHash);
    if (known !== undefined) return known;
    const [secret] = this.secrets;
    const token = secret === undefined ? '' : streamToken(keyHash, secret);
    if (this.tokens.size >= MOST_TOKENS) this.tokens.clear();
    this.tokens.set(keyHash, token);
    return token;
  }

  /** The hash of the api key that a token stands for. @throws AppError `unauthenticated` */
  keyHashOf(token: string): string {
    const found = keyHashOf(token, this.secrets);
    if (found === undefined) throw AppError.unauthenticated('This address is not valid: fetch the flags again.');
    return found;
  }

  /** @throws AppError `unavailable` when there are too many streams */
  requireRoom(): void {
    if (!this.closing && this.open < MOST_STREAMS) return;
    throw AppError.unavailable('No more streams can be opened here now. Try again later.');
  }

  /**
   * Turns a response into a stream.
   *
   * @param has the state of the definitions the client says it has
   */
  attach(view: EnvironmentView, listener: Listener, has: string | undefined, response: ServerResponse): void {
    const hub = this.hub(view);
    const client = new StreamClient(listener, this.now(), response);
    begin(response, openingBlock(retryMs(), has ?? view.fingerprint));
    response.once('close', () => hub.remove(client));
    hub.add(client, has);
  }

  /** Shows clients that the server is there; lets go of those that do not read and those whose key is no longer good. */
  async beat(): Promise<void> {
    for (const hub of this.hubs.values()) {
      await this.dropRevoked(hub);
      await hub.beat(PATIENCE_MS);
    }
  }

  /** A stream lives as long as its key. */
  private async dropRevoked(hub: StreamHub): Promise<void> {
    const good = new Map<string, boolean>();
    for (const client of [...hub.all()]) {
      const { keyHash } = client.listener;
      if (keyHash === null) continue;
      if (!good.has(keyHash)) good.set(keyHash, await this.isGood(keyHash));
      if (good.get(keyHash) === false) {
        hub.remove(client);
        client.end();
      }
    }
  }

  private async isGood(keyHash: string): Promise<boolean> {
    try {
      const record = await this.directory.apiKey(keyHash);
      return record !== undefined && !record.revoked && (record.expiresAt ?? Infinity) > this.now();
    } catch {
      // The database is away: nobody is sent off for that.
      return true;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

/** Until the connection ends, so that the same bytes go to every client without a frame around them. */
function begin(response: ServerResponse, opening: Buffer): void {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  response.write(opening);
}

/**
 * A name for one client of a key, by which its stream and its fetches are known to be one client's: users of a page share it
 * only when they are the same user with the same program.
 */
export function clientName(keyId: string, targetingKey: string, userAgent: string | undefined): string {
  const text = `${keyId}|${targetingKey}|${userAgent ?? ''}`;
  return murmur3x86_32(text, 11).toString(36) + murmur3x86_32(text, 12).toString(36);
}

const retryMs = (): number => Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));

function sum<T>(all: Iterable<T>, of: (each: T) => number): number {
  let total = 0;
  for (const each of all) total += of(each);
  return total;
}
