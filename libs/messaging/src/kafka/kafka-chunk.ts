import type { KafkaMessage } from 'kafkajs';
import type { Chunk } from '../consumer/partition-flow.js';
import type { RawRecord } from '../log/log-transport.js';

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
    let at = 0;
    for (let place = 0; place < this.places.length; place += WIDTH) {
      const end = this.at(place + VALUE_END);
      if (this.at(place + OFFSET) >= from) records.push(this.recordAt(place, at));
      at = end;
    }
    return { records, chars: this.chars };
  }

  private recordAt(place: number, start: number): RawRecord {
    const [keyEnd, end] = [this.at(place + KEY_END), this.at(place + VALUE_END)];
    const key = Number.isNaN(keyEnd) ? null : this.bytes.toString('utf8', start, keyEnd);
    // The text is made again when somebody asks for it: kept as long as its batch, it would be half of the garbage.
    const raw = (): string => this.bytes.toString('utf8', key === null ? start : keyEnd, end);
    return toRecord(this.at(place + OFFSET), key, raw);
  }

  private at(index: number): number {
    return this.places[index] ?? NaN;
  }
}

/** A message of a topic as a record. */
export const recordOf = ({ offset, key, value }: KafkaMessage): RawRecord =>
  toRecord(Number(offset), key?.toString() ?? null, () => value?.toString() ?? '');

/** `scope` stands in the envelope. */
function toRecord(offset: number, key: string | null, raw: () => string): RawRecord {
  try {
    const parsed: unknown = JSON.parse(raw());
    return { offset, key, raw, scope: scopeOf(parsed), value: parsed };
  } catch (error) {
    const malformed = `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { offset, key, raw, scope: null, value: undefined, malformed };
  }
}

function scopeOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('scope' in value)) return null;
  return typeof value.scope === 'string' ? value.scope : null;
}
