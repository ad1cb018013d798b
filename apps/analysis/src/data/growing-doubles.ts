/** Numbers that come one after the other, or many at a time, in one array. */
export class GrowingDoubles {
  private held = new Float64Array(64);
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.held.length) this.grow(this.used + 1);
    this.held[this.used] = value;
    this.used += 1;
  }

  append(values: Float64Array): void {
    if (this.used + values.length > this.held.length) this.grow(this.used + values.length);
    this.held.set(values, this.used);
    this.used += values.length;
  }

  /** What is there, without a copy. */
  view(): Float64Array {
    return this.held.subarray(0, this.used);
  }

  private grow(needed: number): void {
    const grown = new Float64Array(Math.max(needed, this.held.length * 2));
    grown.set(this.view());
    this.held = grown;
  }
}
