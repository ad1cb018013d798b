import { murmur3x86_32 } from '@assay/evaluation';

/**
 * Stands for a set of definitions, whatever the order in which they became known: processes that hold the same versions of the
 * same definitions have the same fingerprint, before and after a restart.
 */
export class Fingerprint {
  private readonly parts = new Map<string, readonly [number, number]>();
  private high = 0;
  private low = 0;
  private known: string | undefined;

  /** @param version null when the definition is gone */
  set(id: string, version: number | null): void {
    const before = this.parts.get(id);
    if (before !== undefined) this.toggle(before);
    if (version === null) {
      this.parts.delete(id);
      return;
    }
    const name = `${id}:${version}`;
    const part = [murmur3x86_32(name, 1), murmur3x86_32(name, 2)] as const;
    this.parts.set(id, part);
    this.toggle(part);
  }

  /** Letters and digits. */
  get text(): string {
    return (this.known ??= this.high.toString(36).padStart(7, '0') + this.low.toString(36).padStart(7, '0'));
  }

  private toggle([high, low]: readonly [number, number]): void {
    this.known = undefined;
    this.high = (this.high ^ high) >>> 0;
    this.low = (this.low ^ low) >>> 0;
  }
}
