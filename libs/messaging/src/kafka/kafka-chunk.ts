import type { KafkaMessage } from 'kafkajs';
import type { Chunk } from '../consumer/partition-flow.js';
import type { RawRecord } from '../log/log-transport.js';

/** Messages of one fetch of one partition. */
export class KafkaChunk implements Chunk {
  readonly chars: number;

  constructor(
    private readonly messages: readonly KafkaMessage[],
    readonly end: number,
  ) {
    this.chars = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  }

  open(from: number): { records: RawRecord[]; chars: number } {
    return {
      records: this.messages.filter(({ offset }) => Number(offset) >= from).map(recordOf),
      chars: this.chars,
    };
  }
}

/** A message of a topic as a record; `scope` stands in its envelope. */
export function recordOf({ offset, key, value }: KafkaMessage): RawRecord {
  const text = value?.toString() ?? '';
  const at = { offset: Number(offset), key: key?.toString() ?? null, raw: () => text };
  try {
    const parsed: unknown = JSON.parse(text);
    return { ...at, scope: scopeOf(parsed), value: parsed };
  } catch (error) {
    const malformed = `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { ...at, scope: null, value: undefined, malformed };
  }
}

function scopeOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('scope' in value)) return null;
  return typeof value.scope === 'string' ? value.scope : null;
}
