import type { KafkaMessage } from 'kafkajs';
import type { Chunk } from '../consumer/partition-flow.js';
import type { Content, RawRecord } from '../log/log-transport.js';

/** Numbers kept of a message: its offset, and where its key and its value end; a key that is null ends at NaN. */
const OFFSET = 0;
const KEY_END = 1;
const VALUE_END = 2;
const WIDTH = 3;

/**
 * Messages of one fetch of one partition, as bytes: a few objects for each of thousands that wait would be carried around by
 * every garbage collection until their turn comes.
 */
export class KafkaChunk implements Chunk {
  readonly chars: number;
  private readonly bytes: Buffer;
  private readonly places: Float64Array;

  constructor(
    messages: readonly KafkaMessage[],
    readonly end: number,
  ) {
    this.bytes = Buffer.concat(messages.flatMap(({ key, value }) => [key, value].filter((part) => part !== null)));
    this.chars = this.bytes.length;
    this.places = new Float64Array(messages.length * WIDTH);
    let at = 0;
    messages.forEach(({ offset, key, value }, index) => {
      const place = index * WIDTH;
      this.places[place + OFFSET] = Number(offset);
      this.places[place + KEY_END] = key === null ? NaN : (at += key.length);
      this.places[place + VALUE_END] = at += value?.length ?? 0;
    });
  }

  open(from: number): { records: RawRecord[]; chars: number } {
    const records: RawRecord[] = [];
    for (let place = 0; place < this.places.length; place += WIDTH) {
      if (this.offsetOf(place) >= from) records.push(new ChunkRecord(this, place));
    }
    return { records, chars: this.chars };
  }

  /** Of the message at a place, as are the following. */
  offsetOf(place: number): number {
    return this.at(place + OFFSET);
  }

  keyOf(place: number): string | null {
    const end = this.at(place + KEY_END);
    return Number.isNaN(end) ? null : this.bytes.toString('utf8', this.startOf(place), end);
  }

  valueOf(place: number): string {
    const keyEnd = this.at(place + KEY_END);
    const start = Number.isNaN(keyEnd) ? this.startOf(place) : keyEnd;
    return this.bytes.toString('utf8', start, this.at(place + VALUE_END));
  }

  private startOf(place: number): number {
    return place === 0 ? 0 : this.at(place - WIDTH + VALUE_END);
  }

  private at(index: number): number {
    return this.places[index] ?? NaN;
  }
}

/**
 * A message in a chunk: only where it lies. Keys, texts and what they say are made from the bytes when somebody asks; kept as long
 * as their batch, they would be most of what garbage collections carry around.
 */
class ChunkRecord implements RawRecord {
  constructor(
    private readonly chunk: KafkaChunk,
    private readonly place: number,
  ) {}

  get offset(): number {
    return this.chunk.offsetOf(this.place);
  }

  get key(): string | null {
    return this.chunk.keyOf(this.place);
  }

  /** It stands in the envelope. */
  get scope(): string | null {
    const content = this.read();
    if (!('value' in content) || typeof content.value !== 'object' || content.value === null) return null;
    return 'scope' in content.value && typeof content.value.scope === 'string' ? content.value.scope : null;
  }

  read(): Content {
    try {
      return { value: JSON.parse(this.raw()) as unknown };
    } catch (error) {
      return { malformed: `The message is not JSON: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  raw(): string {
    return this.chunk.valueOf(this.place);
  }
}

/** A message of a topic as a record. */
export const recordOf = (message: KafkaMessage): RawRecord => new ChunkRecord(new KafkaChunk([message], 0), 0);
