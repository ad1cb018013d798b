/**
 * Remembers names for a window of time in bounded memory: at least half the window, at most all of it. Full, it forgets the
 * older half early; what was forgotten counts as new again, which costs a record and no truth.
 */
export class SeenWindow {
  private young = new Set<string>();
  private old = new Set<string>();
  private turnAt = Number.NEGATIVE_INFINITY;

  /**
   * @param milliseconds longest time a name is remembered
   * @param limit most names remembered
   */
  constructor(
    private readonly milliseconds: number,
    private readonly limit: number,
  ) {}

  /** Whether the name is new, which it is not from now on. */
  isNew(name: string, now: number): boolean {
    const half = this.milliseconds / 2;
    if (now - this.turnAt >= this.milliseconds) this.old = new Set();
    if (now - this.turnAt >= half || this.young.size >= this.limit / 2) {
      this.old = now - this.turnAt >= this.milliseconds ? new Set() : this.young;
      this.young = new Set();
      this.turnAt = now;
    }
    if (this.young.has(name) || this.old.has(name)) return false;
    this.young.add(name);
    return true;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
