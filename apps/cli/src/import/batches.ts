import type { EventInput } from '@assay/contracts';

/** Events of consecutive rows, ready to be sent. */
export interface Batch {
  /** The body of `POST /events`. */
  readonly body: string;
  readonly events: number;
  /** Rows that begin in this batch. */
  readonly rows: number;
  /** Line of the file of each event, by index. */
  readonly lines: readonly number[];
}

export interface RowEvents {
  readonly line: number;
  readonly events: readonly EventInput[];
}

export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
}

const ENVELOPE = '{"events":[]}'.length;

/** Rows as they are read from a file or made. */
export type RowSource = AsyncIterable<RowEvents> | Iterable<RowEvents>;

/** Packs rows into batches as full as the limits allow. */
export async function* batches(rows: RowSource, limits: BatchLimits): AsyncGenerator<Batch> {
  let texts: string[] = [];
  let lines: number[] = [];
  let bytes = ENVELOPE;
  let rowCount = 0;
  const take = (): Batch => {
    const batch = { body: `{"events":[${texts.join(',')}]}`, events: texts.length, rows: rowCount, lines };
    [texts, lines, bytes, rowCount] = [[], [], ENVELOPE, 0];
    return batch;
  };
  for await (const { line, events } of rows) {
    let isFirst = true;
    for (const event of events) {
      const text = JSON.stringify(event);
      const size = Buffer.byteLength(text) + 1;
      if (texts.length > 0 && (texts.length >= limits.events || bytes + size > limits.bytes)) yield take();
      if (isFirst) rowCount += 1;
      isFirst = false;
      texts.push(text);
      lines.push(line);
      bytes += size;
    }
  }
  if (texts.length > 0) yield take();
}
