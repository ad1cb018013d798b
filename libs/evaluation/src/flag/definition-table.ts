/** Changes that are kept beside a table before it is copied with them. */
const MOST_RECENT = 128;

/**
 * Compiled definitions by key. It never changes: {@link with} gives another one, which shares all but the recent changes, so
 * that one costs the same however many definitions there are.
 */
export class DefinitionTable<Entry extends object> {
  /** @param recent stands before `base`; null is what is there no more */
  private constructor(
    private readonly base: ReadonlyMap<string, Entry>,
    private readonly recent: ReadonlyMap<string, Entry | null>,
  ) {}

  static empty<Entry extends object>(): DefinitionTable<Entry> {
    return new DefinitionTable<Entry>(new Map(), new Map());
  }

  get(key: string): Entry | undefined {
    if (this.recent.size > 0) {
      const entry = this.recent.get(key);
      if (entry !== undefined) return entry ?? undefined;
    }
    return this.base.get(key);
  }

  /** The table with the changed definitions compiled; null removes. */
  with<Definition>(
    changes: Readonly<Record<string, Definition | null>> | undefined,
    compile: (definition: Definition) => Entry,
  ): DefinitionTable<Entry> {
    if (changes === undefined) return this;
    const keys = Object.keys(changes);
    const all = this.recent.size + keys.length > MOST_RECENT ? this.merged() : undefined;
    const recent = new Map(all === undefined ? this.recent : []);
    for (const key of keys) {
      const definition = changes[key];
      if (definition === undefined) continue;
      const entry = definition === null ? null : compile(definition);
      if (all === undefined) recent.set(key, entry);
      else if (entry === null) all.delete(key);
      else all.set(key, entry);
    }
    return new DefinitionTable(all ?? this.base, recent);
  }

  /** All of them, with their keys. */
  entries(): ReadonlyMap<string, Entry> {
    return this.recent.size === 0 ? this.base : this.merged();
  }

  private merged(): Map<string, Entry> {
    const all = new Map(this.base);
    for (const [key, entry] of this.recent) {
      if (entry === null) all.delete(key);
      else all.set(key, entry);
    }
    return all;
  }
}
