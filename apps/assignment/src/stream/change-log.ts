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
  private last = 0;

  /** Number of the newest change; 0 before the first. */
  get sequence(): number {
    return this.last;
  }

  add(change: Omit<LoggedChange, 'sequence' | 'delays'>): void {
    this.last += 1;
    this.changes.push({ ...change, sequence: this.last, delays: [] });
    if (this.changes.length > MOST_CHANGES) this.changes.shift();
  }

  /** A client that had confirmed `from` has now confirmed all up to the newest. */
  confirm(from: number, now: number): void {
    for (let index = this.changes.length - 1; index >= 0; index -= 1) {
      const change = this.changes[index];
      if (change === undefined || change.sequence <= from) return;
      if (change.delays.length < MOST_DELAYS) change.delays.push(Math.max(0, now - change.committedAt));
    }
  }

  /** The changes of one definition that are still remembered, oldest first. */
  of(definitionId: string): readonly LoggedChange[] {
    return this.changes.filter((change) => change.definitionId === definitionId);
  }
}

/**
 * The version that a client has which has confirmed everything up to `sequence`. Null when that is not known.
 * @param current version of the definition now
 */
export function versionAt(changes: readonly LoggedChange[], sequence: number | null, current: number): number | null {
  if (sequence === null) return null;
  const known = changes.filter((change) => change.sequence <= sequence).at(-1);
  if (known !== undefined) return known.version;
  const [first] = changes;
  return first === undefined ? current : first.previous;
}
