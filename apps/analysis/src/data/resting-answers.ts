/** What was computed, and when that was done. */
export interface Computed<T> {
  readonly answer: T;
  readonly at: Date;
}

/** Computed again at each question when it takes no longer. */
const QUICK_MS = 250;
/** After a computation there is none for so many times as long as it took: it may use a twentieth of the time. */
const REST = 20;

interface Held<T> {
  /** What the answer must fit to be of any use. */
  readonly shape: string;
  /** What it was computed from. */
  token: string;
  latest: Computed<T> | undefined;
  tookMs: number;
  /** Epoch milliseconds. */
  restsUntil: number;
  running: Promise<void> | undefined;
}

/**
 * Answers that take a look at everything that is stored. What is quick is always of the present data. What is not is computed
 * beside the questions, which get the last answer meanwhile, and rests afterwards: however often is asked and however much
 * comes, it costs a bounded share of the time. Only the first answer is waited for.
 *
 * The names used least recently make room.
 */
export class RestingAnswers<T> {
  private readonly held = new Map<string, Held<T>>();

  constructor(
    private readonly limit: number,
    private readonly now: () => Date,
  ) {}

  /**
   * @param shape a held answer of another shape is forgotten
   * @param token says what the answer is computed from
   * @param compute gets the last answer, of which parts may still be true
   */
  async read(
    name: string,
    shape: string,
    token: string,
    compute: (last: T | undefined) => Promise<T>,
  ): Promise<Computed<T>> {
    const held = this.find(name, shape);
    for (;;) {
      const { latest } = held;
      if (latest !== undefined) {
        const isResting = held.running !== undefined || this.now().getTime() < held.restsUntil;
        if (held.token === token || (isResting && held.tookMs > QUICK_MS)) return latest;
      }
      const isOurs = held.running === undefined;
      held.running ??= this.run(held, token, compute);
      if (latest !== undefined && held.tookMs > QUICK_MS) {
        // The last answer stands when it fails, and it is tried again after a rest.
        held.running.catch(() => undefined);
        return latest;
      }
      await held.running;
      // Computed for this very question it is the answer, whatever has come since.
      if (isOurs && held.latest !== undefined) return held.latest;
    }
  }

  private find(name: string, shape: string): Held<T> {
    const found = this.held.get(name);
    this.held.delete(name);
    const fits = found?.shape === shape;
    const held: Held<T> = fits
      ? found
      : { shape, token: '', latest: undefined, tookMs: 0, restsUntil: 0, running: undefined };
    this.held.set(name, held);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= this.limit) break;
      this.held.delete(oldest);
    }
    return held;
  }

  private async run(held: Held<T>, token: string, compute: (last: T | undefined) => Promise<T>): Promise<void> {
    const began = this.now().getTime();
    try {
      const answer = await compute(held.latest?.answer);
      held.token = token;
      held.latest = { answer, at: this.now() };
    } finally {
      const ended = this.now().getTime();
      held.tookMs = ended - began;
      held.restsUntil = ended + REST * held.tookMs;
      held.running = undefined;
    }
  }
}
