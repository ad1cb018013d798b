/** Numbers that come one after the other, in one array. */
export class GrowingDoubles {
  private held = new Float64Array(1_024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(values: ArrayLike<number>): void {
    const needed = this.used + values.length;
    if (needed > this.held.length) {
      const grown = new Float64Array(Math.max(needed, this.held.length * 2));
      grown.set(this.held.subarray(0, this.used));
      this.held = grown;
    }
    for (let index = 0; index < values.length; index += 1) this.held[this.used + index] = values[index] ?? 0;
    this.used = needed;
  }

  /** What is there, without a copy. */
  view(): Float64Array {
    return this.held.subarray(0, this.used);
  }

  /** Every `width`-th number from `first` on. */
  column(first: number, width: number): Float64Array {
    const column = new Float64Array(Math.floor(this.used / width));
    for (let row = 0; row < column.length; row += 1) column[row] = this.held[row * width + first] ?? 0;
    return column;
  }
}
