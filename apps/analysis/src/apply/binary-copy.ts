import pg from 'pg';
import { textArray } from './pg-arrays.js';

/** Of the file format: a signature, flags, and the length of an extension of the header. */
const HEADER = 19;
const EXTENSION_AT = 15;
/** Number of fields that the last message has instead of a row. */
const END = -1;

interface ReadyQuery {
  query(text: string): void;
}

/** A value that can stand in a statement. */
export type Literal = string | number | Date | readonly string[];

/**
 * Rows of a statement in the server's binary form, which `COPY … TO STDOUT (FORMAT binary)` gives: bytes come as they are. As
 * results of a query they would come as texts twice as long, and be made bytes again.
 *
 * Format: PostgreSQL documentation, "COPY", Binary Format. The server sends each row as a message of its own.
 *
 * @param statement a query with `$1`, `$2`, … as other statements, and casts where a text has to become something else
 * @param take gets the fields of a row; they are not there any more when it has returned
 * @throws what the server or `take` throws, after the last row
 */
export function binaryCopy(
  client: pg.ClientBase,
  statement: string,
  values: readonly Literal[],
  take: (fields: readonly (Buffer | null)[]) => void,
): Promise<void> {
  const text = withLiterals(statement, values);
  return new Promise((resolve, reject) => {
    client.query(new BinaryCopy(text, take, (failure) => (failure === null ? resolve() : reject(failure))));
  });
}

/** `COPY` takes no parameters: they are written into the statement. */
function withLiterals(statement: string, values: readonly Literal[]): string {
  return statement.replace(/\$(\d+)/g, (_place, index: string) => {
    const value = values[Number(index) - 1];
    if (value === undefined) throw new Error(`the statement has no value for $${index}`);
    return literalOf(value);
  });
}

function literalOf(value: Literal): string {
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  return pg.escapeLiteral(typeof value === 'string' ? value : textArray(value));
}

/** A query as the driver runs it; it calls the methods that begin with `handle`. */
class BinaryCopy implements pg.Submittable {
  private failure: Error | null = null;
  private isBegun = false;

  constructor(
    private readonly statement: string,
    private readonly take: (fields: readonly (Buffer | null)[]) => void,
    private readonly done: (failure: Error | null) => void,
  ) {}

  submit(connection: pg.Connection): void {
    (connection as unknown as ReadyQuery).query(`COPY (${this.statement}) TO STDOUT (FORMAT binary)`);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.failure !== null) return;
    try {
      const fields = fieldsOf(chunk, this.isBegun ? 0 : HEADER + chunk.readInt32BE(EXTENSION_AT));
      this.isBegun = true;
      if (fields !== null) this.take(fields);
    } catch (error) {
      // The rows that are still to come have to be read all the same.
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleError(error: Error): void {
    this.failure ??= error;
    // Without a connection nothing comes any more.
    this.done(this.failure);
  }

  handleCommandComplete(): void {
    // `handleReadyForQuery` comes next.
  }

  handleReadyForQuery(): void {
    this.done(this.failure);
  }
}

function fieldsOf(message: Buffer, start: number): (Buffer | null)[] | null {
  const count = message.readInt16BE(start);
  if (count === END) return null;
  const fields: (Buffer | null)[] = [];
  for (let at = start + 2, field = 0; field < count; field += 1) {
    const length = message.readInt32BE(at);
    at += 4;
    fields.push(length < 0 ? null : message.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return fields;
}
