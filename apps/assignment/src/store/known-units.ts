/** What is kept of a stored assignment: enough to answer without the database. */
export interface KnownAssignment {
  readonly variantId: string;
  readonly bucket: number;
  readonly definitionVersion: number;
}

/**
 * Assignments that this process has seen, at most `limit` of them; the ones not used for longest go first. An assignment
 * never changes, so an entry can never be wrong.
 */
export class KnownUnits {
  private readonly entries = new Map<string, KnownAssignment>();

  constructor(private readonly limit: number) {}

  get(experimentId: string, userId: string): KnownAssignment | undefined {
    const name = `${experimentId}/${userId}`;
    const known = this.entries.get(name);
    if (known === undefined) return undefined;
    this.entries.delete(name);
    this.entries.set(name, known);
    return known;
  }

  set(experimentId: string, userId: string, known: KnownAssignment): void {
    const name = `${experimentId}/${userId}`;
    this.entries.delete(name);
    if (this.entries.size >= this.limit) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(name, known);
  }

  get size(): number {
    return this.entries.size;
  }
}
