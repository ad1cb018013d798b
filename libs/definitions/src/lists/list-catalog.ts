import { listChanged, type ListDefinition } from '@assay/contracts';
import type { MemberSet } from '@assay/evaluation';
import { LogTail } from '@assay/messaging';
import { ValueList } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefinitionCatalog, type DefinitionChanged } from '../definition-catalog.js';
import { rowSource } from '../row-source.js';
import { readList, type LoadedList } from './read-members.js';

/** Members that could not be read are read again after so long. */
const RETRY_MS = 1_000;

/** The lists without their members, as the log tells of them. */
class ListDefinitions extends DefinitionCatalog<ListDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    super(listChanged, rowSource(em, { entity: ValueList, toDefinition: toListDefinition }), log);
  }
}

/**
 * Every list with its members, for those who evaluate: the log says that a list has a new version, the database which members
 * came and went. In a process in which nobody listens, no members are read.
 */
@Injectable()
export class ListCatalog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly definitions: ListDefinitions;
  private readonly loaded = new Map<string, LoadedList>();
  private readonly loading = new Map<string, Promise<void>>();
  private readonly listeners = new Set<(list: LoadedList, deleted: boolean) => void>();
  private readonly logger = new Logger(ListCatalog.name);
  private stopped = false;

  constructor(
    private readonly em: EntityManager,
    log: LogTail,
  ) {
    this.definitions = new ListDefinitions(em, log);
  }

  /** Ready when the members of all lists are there: without them conditions would answer otherwise. */
  async onApplicationBootstrap(): Promise<void> {
    await this.definitions.onApplicationBootstrap();
    if (this.listeners.size === 0) return;
    this.definitions.onChange(({ id }, deleted) => void (deleted ? this.drop(id) : this.bring(id)));
    for (const { id } of this.definitions.all()) await this.load(id);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.definitions.onApplicationShutdown();
    await Promise.all(this.loading.values());
  }

  /** The lists whose members are in memory. */
  all(): Iterable<LoadedList> {
    return this.loaded.values();
  }

  /** Calls back for every list whose members are new here, and for deletions. Before the process has started. */
  onChange(listener: (list: LoadedList, deleted: boolean) => void): void {
    this.listeners.add(listener);
  }

  /**
   * Takes a change that this process has just committed itself; resolves when who evaluates here knows it.
   *
   * @param members all that the list has in this version: then none have to be read
   */
  async accept({ deleted, definition }: DefinitionChanged<ListDefinition>, members?: MemberSet): Promise<void> {
    const { id, changedAt } = definition;
    if (!deleted && members !== undefined && changedAt !== undefined && this.listeners.size > 0)
      this.take({ ...definition, changedAt, members });
    this.definitions.accept({ deleted, definition });
    // It may have been deleted since.
    if (this.definitions.get(id) === undefined) this.drop(id);
    await this.loading.get(id);
  }

  /** Reads a list until its newest version is here; the database may be away meanwhile. One reading per list at a time. */
  private bring(id: string): Promise<void> {
    const running = this.loading.get(id);
    if (running !== undefined) return running;
    const started = this.bringNow(id).finally(() => {
      this.loading.delete(id);
      // A change that came after the last look found this reading still running.
      if (!this.stopped && this.isBehind(id)) void this.bring(id);
    });
    this.loading.set(id, started);
    return started;
  }

  private async bringNow(id: string): Promise<void> {
    while (!this.stopped && this.isBehind(id)) {
      const held = this.loaded.get(id);
      try {
        await this.load(id);
      } catch (error) {
        this.logger.warn({ err: String(error), list: id }, 'members could not be read; those in memory stay in use');
      }
      if (this.isBehind(id) && this.loaded.get(id) === held) await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  private isBehind(id: string): boolean {
    const wanted = this.definitions.get(id);
    return wanted !== undefined && (this.loaded.get(id)?.version ?? 0) < wanted.version;
  }

  private async load(id: string): Promise<void> {
    const list = await readList(this.em, id, this.loaded.get(id));
    // Deleted meanwhile, or gone without a word: the reconcile of the definitions tells of that.
    if (list === undefined || this.definitions.get(id) === undefined) return;
    this.take(list);
  }

  private take(list: LoadedList): void {
    if ((this.loaded.get(list.id)?.version ?? 0) >= list.version) return;
    this.loaded.set(list.id, list);
    for (const listener of this.listeners) listener(list, false);
  }

  private drop(id: string): void {
    const list = this.loaded.get(id);
    if (list === undefined) return;
    this.loaded.delete(id);
    for (const listener of this.listeners) listener(list, true);
  }
}

/** A list row as the log tells of it. */
export function toListDefinition(list: ValueList): ListDefinition {
  return {
    id: list.id,
    projectId: list.project.id,
    key: list.key,
    version: list.version,
    size: list.size,
    changedAt: list.updatedAt.getTime(),
  };
}
