import { AppError } from '@assay/contracts';
import { linesOf } from '@assay/platform';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Above this many characters a stream is kept on disk instead of in memory. */
const MEMORY_LIMIT = 4_194_304;

/**
 * The lines of an NDJSON stream, read to the end and checked to be JSON before the first is handed out, so that a body
 * that breaks off or is broken in line 5 stores nothing. Long streams wait in a temporary file.
 */
export class SpooledLines {
  private readonly lines: string[] = [];
  private size = 0;
  private folder: string | undefined;
  private file: WriteStream | undefined;

  /** @throws AppError `validation_failed` naming the line that is not JSON. */
  static async read(body: Readable): Promise<SpooledLines> {
    const spool = new SpooledLines();
    try {
      await spool.fill(body);
      return spool;
    } catch (error) {
      await spool.dispose();
      throw error;
    }
  }

  /** The parsed lines in batches of at most `size`. */
  async *batches(size: number): AsyncGenerator<unknown[]> {
    let batch: unknown[] = [];
    for await (const line of this.all()) {
      batch.push(JSON.parse(line));
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async dispose(): Promise<void> {
    this.file?.destroy();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }

  private async fill(body: Readable): Promise<void> {
    let number = 0;
    for await (const line of linesOf(body)) {
      number += 1;
      if (line.trim() === '') continue;
      requireJson(line, number);
      await this.add(line);
    }
    if (this.file === undefined) return;
    this.file.end();
    await once(this.file, 'close');
  }

  private async add(line: string): Promise<void> {
    this.size += line.length;
    if (this.file === undefined && this.size <= MEMORY_LIMIT) {
      this.lines.push(line);
      return;
    }
    this.file ??= await this.openFile();
    if (!this.file.write(`${line}\n`)) await once(this.file, 'drain');
  }

  private async openFile(): Promise<WriteStream> {
    this.folder = await mkdtemp(join(tmpdir(), 'assay-ndjson-'));
    return createWriteStream(join(this.folder, 'lines'), { mode: 0o600 });
  }

  private async *all(): AsyncGenerator<string> {
    yield* this.lines;
    if (this.folder === undefined) return;
    yield* createInterface({ input: createReadStream(join(this.folder, 'lines')), crlfDelay: Infinity });
  }
}

function requireJson(line: string, number: number): void {
  try {
    JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not JSON';
    throw new AppError(
      'validation',
      'validation_failed',
      `Line ${number} is not JSON: ${reason}. Nothing was stored.`,
      {
        errors: [{ path: `line ${number}`, message: reason }],
      },
    );
  }
}
