/** So many are not held back any longer: the first of them has waited for what the others took. */
const MOST_AT_ONCE = 32;

/**
 * Does something for all that came in a turn of the event loop together, at its end.
 *
 * Answers are sent so. A client that sleeps has to be woken, which costs the server more than making an answer does; while it is
 * busy with one answer, the others reach it for nothing. When there is little to do, the end of the turn is at hand.
 */
export class EndOfTurn<T> {
  private waiting: T[] = [];

  /** @param work must not throw */
  constructor(private readonly work: (each: T) => void) {}

  add(each: T): void {
    if (this.waiting.length === 0) setImmediate(this.flush);
    this.waiting.push(each);
    if (this.waiting.length >= MOST_AT_ONCE) this.flush();
  }

  private readonly flush = (): void => {
    const { waiting } = this;
    this.waiting = [];
    for (const each of waiting) this.work(each);
  };
}
