import { setTimeout as sleep } from 'node:timers/promises';
import type { LogTail } from '@assay/messaging';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Topic } from '@assay/contracts';
import { DefinitionIndex, type Versioned } from './definition-index.js';

/** A change of a definition as the log carries it. */
export interface DefinitionChanged<T> {
  readonly deleted: boolean;
  readonly definition: T;
}

/** Where definitions are read from. */
export interface DefinitionSource<T> {
  /**
   * Everything that changed since `since` (all that is served when undefined), in pages so that memory stays bounded; what is
   * served no more comes as deleted.
   */
  changedSince(since: Date | undefined): AsyncIterable<DefinitionChanged<T>>;
  /** One definition, undefined when there is none. */
  one(projectId: string, idOrKey: string): Promise<T | undefined>;
  /** Which of these ids are not stored any more. */
  missing(ids: readonly string[]): Promise<readonly string[]>;
}

/** Reads again what changed, in case a message was lost: definitions converge without the log as well. */
const RECONCILE_MS = 30_000;
/** Clocks of writers differ and transactions take time: each reconcile looks back a little further than the last one. */
const OVERLAP_MS = 60_000;
/** Ids in one question whether they are still there. */
const IDS_AT_ONCE = 2_000;
/** How long a start waits for the log to be there. */
const LOG_PATIENCE_MS = 5_000;
/** A key that was looked up and is not there is not looked up again for so long. */
const MISS_MS = 250;

/**
 * Definitions in the memory of this process: read from the database at boot, then kept current by the log, by version, with
 * a periodic reconcile. Reading them goes on when the database and the log are away.
 */
export abstract class DefinitionCatalog<T extends Versioned> implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly index = new DefinitionIndex<T>();
  private readonly listeners = new Set<(definition: T, deleted: boolean) => void>();
  private readonly lookups = new Map<string, Promise<T | undefined>>();
  private readonly missed = new Map<string, number>();
  private readonly logger: Logger;
  private unsubscribe: (() => Promise<void>) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readThrough: Date | undefined;
  private stopped = false;

  protected constructor(
    private readonly topic: Topic<DefinitionChanged<T>>,
    private readonly source: DefinitionSource<T>,
    private readonly log: LogTail,
  ) {
    this.logger = new Logger(this.constructor.name);
  }

  /** Ready when the first read is complete: a process that does not know its definitions must not answer. */
  async onApplicationBootstrap(): Promise<void> {
    // A second start, by somebody who listens from then on, takes the place of the first.
    clearInterval(this.timer);
    await this.unsubscribe?.();
    // Without the log the process starts as well; what was missed meanwhile is read again as soon as it is followed.
    const followed = this.follow();
    const inTime = await Promise.race([followed.then(() => true), sleep(LOG_PATIENCE_MS, false, { ref: false })]);
    await this.reconcile();
    // It fails only because the process stops.
    if (!inTime)
      void followed.then(
        () => this.reconcileQuietly(),
        () => undefined,
      );
    this.timer = setInterval(() => void this.reconcileQuietly(), RECONCILE_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  private async follow(): Promise<void> {
    const unsubscribe = await this.log.subscribe(this.topic, ({ data }) => this.accept(data));
    if (this.stopped) await unsubscribe();
    else this.unsubscribe = unsubscribe;
  }

  get(id: string): T | undefined {
    return this.index.get(id);
  }

  find(projectId: string, idOrKey: string): T | undefined {
    return this.index.find(projectId, idOrKey);
  }

  all(): Iterable<T> {
    return this.index.all();
  }

  /** Calls back for every definition that is new or newer here, and for deletions. */
  onChange(listener: (definition: T, deleted: boolean) => void): void {
    this.listeners.add(listener);
  }

  /** Takes a change that this process has just committed itself, ahead of the log. */
  accept(change: DefinitionChanged<T>): void {
    if (!change.deleted) this.put(change.definition);
    else if (this.index.remove(change.definition)) this.tell(change.definition, true);
  }

  /** Reads one definition from the database now, for a caller that cannot wait for the log. One read per key at a time. */
  async refresh(projectId: string, idOrKey: string): Promise<T | undefined> {
    const name = `${projectId}/${idOrKey}`;
    if ((this.missed.get(name) ?? 0) > Date.now()) return undefined;
    const running = this.lookups.get(name);
    if (running !== undefined) return running;
    const lookup = this.lookUp(projectId, idOrKey, name).finally(() => this.lookups.delete(name));
    this.lookups.set(name, lookup);
    return lookup;
  }

  private async lookUp(projectId: string, idOrKey: string, name: string): Promise<T | undefined> {
    const definition = await this.source.one(projectId, idOrKey);
    if (definition === undefined) {
      if (this.missed.size > 10_000) this.missed.clear();
      this.missed.set(name, Date.now() + MISS_MS);
      return undefined;
    }
    this.put(definition);
    return this.index.get(definition.id);
  }

  private put(definition: T): void {
    if (this.index.put(definition)) this.tell(definition, false);
  }

  private tell(definition: T, deleted: boolean): void {
    for (const listener of this.listeners) listener(definition, deleted);
  }

  private async reconcile(): Promise<void> {
    const startedAt = new Date();
    const since = this.readThrough === undefined ? undefined : new Date(this.readThrough.getTime() - OVERLAP_MS);
    // First, since another one may have the key of what is gone.
    await this.dropMissing();
    for await (const change of this.source.changedSince(since)) this.accept(change);
    this.readThrough = startedAt;
  }

  /** A row that is gone leaves no trace by which it could be read: what is held is asked for by its id. */
  private async dropMissing(): Promise<void> {
    const held = [...this.index.all()].map(({ id }) => id);
    for (let start = 0; start < held.length; start += IDS_AT_ONCE) {
      for (const id of await this.source.missing(held.slice(start, start + IDS_AT_ONCE))) {
        const gone = this.index.forget(id);
        if (gone !== undefined) this.tell(gone, true);
      }
    }
  }

  private async reconcileQuietly(): Promise<void> {
    try {
      await this.reconcile();
    } catch (error) {
      this.logger.warn({ err: String(error) }, 'definitions could not be read again; those in memory stay in use');
    }
  }
}
