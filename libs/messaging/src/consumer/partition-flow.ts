import type { RawRecord } from '../log/log-transport.js';
import { Signal } from '../log/signal.js';

/** Records as they were read together, parsed only when they are taken. */
export interface Chunk {
  /** Offset after its last record. */
  readonly end: number;
  /** About how much memory it holds, unopened. */
  readonly chars: number;
  /** Its records from an offset on, and how many characters of text they are made of. */
  open(from: number): { readonly records: readonly RawRecord[]; readonly chars: number };
}

/** Text opened at a time: what is read ahead may be compressed, and a few records may be as large as thousands of others. */
const TAKE_CHARS = 4_194_304;

/** So much text is a batch worth handling without waiting for more. */
const PLENTY_CHARS = 131_072;

/** Records taken from a flow, to be handled and stored as one. */
export interface Taken {
  readonly records: RawRecord[];
  readonly end: number;
}

/** One partition in the hands of this process: what is read ahead of the handler, and how far. */
export class PartitionFlow {
  readonly abort = new AbortController();
  /** Ends when the partition has been given up and nothing of it is at work. */
  running: Promise<void> = Promise.resolve();
  /** There may be more to read than was read last time. */
  dirty = true;
  /** The offset to read from; undefined until the stored offset is known. */
  fetchFrom: number | undefined;
  /** The group's stored offset. */
  position = 0;
  chars = 0;
  /** Counts the resets, so that an answer to a question asked before one is not taken. */
  era = 0;
  private chunks: Chunk[] = [];
  private readonly filled = new Signal();

  constructor(readonly partition: number) {}

  /** Starts over: nothing read ahead, to be read from `fetchFrom`, where the group's stored offset is `position`. */
  reset(position: number | undefined, fetchFrom = position): void {
    this.era += 1;
    this.chunks = [];
    this.chars = 0;
    this.fetchFrom = fetchFrom;
    this.position = position ?? 0;
    this.dirty = true;
  }

  fill(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.chars += chunk.chars;
      this.fetchFrom = chunk.end;
    }
    this.filled.ring();
  }

  /** Gives up the partition: what is at work is told, and nothing new begins. */
  leave(): void {
    this.abort.abort();
    this.filled.ring();
  }

  /** Resolves when there is something to take, or the flow was left. */
  async ready(): Promise<void> {
    while (this.chunks.length === 0 && !this.abort.signal.aborted) await this.filled.wait();
  }

  /** Waits for more than what is there: until there is plenty, the time is over, or the flow was left. */
  async linger(untilMs: number): Promise<void> {
    for (let left = untilMs - performance.now(); left > 0; left = untilMs - performance.now()) {
      if (this.chars >= PLENTY_CHARS || this.abort.signal.aborted) return;
      await this.filled.wait(left);
    }
  }

  /** Takes at least `atLeast` records, if so many are there and they are not too large; undefined when nothing is there. */
  take(atLeast: number): Taken | undefined {
    if (this.chunks.length === 0 || this.abort.signal.aborted) return undefined;
    const records: RawRecord[] = [];
    let end = this.position;
    let opened = 0;
    while (records.length < atLeast && opened < TAKE_CHARS) {
      const chunk = this.chunks.shift();
      if (chunk === undefined) break;
      this.chars -= chunk.chars;
      const { records: found, chars } = chunk.open(this.position);
      for (const record of found) records.push(record);
      opened += chars;
      end = chunk.end;
    }
    return { records, end };
  }
}
