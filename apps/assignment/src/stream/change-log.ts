/** How a change is named in the log. */
export interface LoggedChange {
  readonly sequence: number;
  readonly definitionId: string;
  readonly version: number;
  /** Version before it; null for a new definition. */
  readonly previous: number | null;
  /** When it was committed, and when this process knew it; epoch milliseconds. */
  readonly committedAt: number;
  readonly seenAt: number;
  /** Milliseconds from commit to confirmation, one per client that has confirmed it. */
  readonly delays: number[];
}

/** Older changes are forgotten: that everybody has them is a matter of seconds. */
const MOST_CHANGES = 500;
/** Delays kept of one change: enough for percentiles. */
const MOST_DELAYS = 10_000;

/** The last changes of an environment, numbered as this process came to know them, and how fast clients confirmed them. */
export class ChangeLog {
  private readonly changes: LoggedChange[] = [];
  /** The last change of each definition that is no longer remembered. */
  private readonly forgotten = new Map<string, LoggedChange>();
  private last = 0;

  /** Number of the newest change; 0 before the first. */
  get sequence(): number {
    return this.last;
  }

  add(change: Omit<LoggedChange, 'sequence' | 'delays'>): void {
    this.last += 1;
    this.changes.push({ ...change, sequence: this.last, delays: [] });
    const oldest = this.changes.length > MOST_CHANGES ? this.changes.shift() : undefined;
    if (oldest !== undefined) this.forgotten.set(oldest.definitionId, { ...oldest, delays: [] });
  }

  /** A client that had confirmed `from` has now confirmed all up to the newest. */
  confirm(from: number, now: number): void {
    for (let index = this.changes.length - 1; index >= 0; index -= 1) {
      const change = this.changes[index];
      if (change === undefined || change.sequence <= from) return;
      if (change.delays.length < MOST_DELAYS) change.delays.push(Math.max(0, now - change.committedAt));
    }
  }

  /** What is known of one definition. */
  of(definitionId: string): DefinitionChanges {
    const remembered = this.changes.filter((change) => change.definitionId === definitionId);
    return { remembered, forgotten: this.forgotten.get(definitionId) };
  }
}

/** The changes of one definition. */
export interface DefinitionChanges {
  /** Oldest first. */
  readonly remembered: readonly LoggedChange[];
  /** The last one before them, without its delays; undefined when there was none. */
  readonly forgotten: LoggedChange | undefined;
}

/**
 * The version that a client has which has confirmed everything up to `sequence`. Null when that is not known: it has not
 * confirmed anything, or only what was before changes of the definition that are forgotten.
 * @param current version of the definition now
 */
export function versionAt(
  { remembered, forgotten }: DefinitionChanges,
  sequence: number | null,
  current: number,
): number | null {
  if (sequence === null) return null;
  const known = remembered.findLast((change) => change.sequence <= sequence);
  if (known !== undefined) return known.version;
  if (forgotten !== undefined) return forgotten.sequence <= sequence ? forgotten.version : null;
  const [first] = remembered;
  return first === undefined ? current : first.previous;
}
