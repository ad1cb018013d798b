import { asUnavailable } from '@assay/platform';

export interface TtlCacheSettings {
  readonly hitMs: number;
  readonly missMs: number;
  readonly staleMs: number;
  readonly entries: number;
}

interface Entry<T> {
  readonly value: T | undefined;
  readonly loadedAt: number;
  freshUntil: number;
}

/** Pause before a database that was away is asked again for an entry that is served stale meanwhile. */
const OUTAGE_PAUSE_MS = 1_000;

/**
 * A bounded cache of look-ups, misses included. One load at a time per key; the entry not used for longest goes first. While
 * the database is away, what was found before goes on serving for `staleMs`.
 */
export class TtlCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly loads = new Map<string, Promise<T | undefined>>();

  constructor(
    private readonly settings: TtlCacheSettings,
    private readonly now: () => number,
  ) {}

  /** What is cached of `key`, or what `load` finds; undefined when there is no such thing. */
  get(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> | T | undefined {
    const entry = this.entries.get(key);
    if (entry !== undefined && entry.freshUntil > this.now()) {
      // While there is plenty of room nobody needs to know who was used last.
      if (this.entries.size * 2 > this.settings.entries) this.keep(key, entry);
      return entry.value;
    }
    const running = this.loads.get(key);
    if (running !== undefined) return running;
    const started: Promise<T | undefined> = this.load(key, load, () => this.loads.get(key) === started).finally(() => {
      if (this.loads.get(key) === started) this.loads.delete(key);
    });
    this.loads.set(key, started);
    return started;
  }

  /** Forgets the entries that fit. What is being loaded is not kept, since it may have read what was just changed. */
  forget(fits: (key: string, value: T | undefined) => boolean): void {
    for (const [key, { value }] of this.entries) if (fits(key, value)) this.entries.delete(key);
    this.loads.clear();
  }

  private async load(
    key: string,
    load: () => Promise<T | undefined>,
    isCurrent: () => boolean,
  ): Promise<T | undefined> {
    try {
      const value = await load();
      const now = this.now();
      const freshMs = value === undefined ? this.settings.missMs : this.settings.hitMs;
      if (isCurrent()) this.keep(key, { value, loadedAt: now, freshUntil: now + freshMs });
      return value;
    } catch (error) {
      const entry = this.entries.get(key);
      const now = this.now();
      const usable = entry?.value !== undefined && now < entry.loadedAt + this.settings.staleMs;
      if (!usable || asUnavailable(error) === undefined) throw error;
      entry.freshUntil = now + OUTAGE_PAUSE_MS;
      return entry.value;
    }
  }

  private keep(key: string, entry: Entry<T>): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= this.settings.entries) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
