import { AppError } from '@assay/contracts';
import { anyLinesOf, linesOf, OverlongLine, parseJson } from '@assay/platform';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { BrokenLine, KEPT } from './broken-line.js';

/** Above this many characters a stream is kept on disk instead of in memory. */
const MEMORY_LIMIT = 4_194_304;

/**
 * The lines of an NDJSON stream, read to the end before the first is handed out, so that a body that breaks off stores nothing.
 * Long streams wait in a temporary file.
 */
export class SpooledLines {
  private readonly lines: string[] = [];
  /** What is wrong with lines of which only the beginning is kept, by their place among all. */
  private readonly overlong = new Map<number, string>();
  private count = 0;
  private size = 0;
  private folder: string | undefined;
  private file: WriteStream | undefined;

  /** @throws AppError when the body cannot be read to its end */
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

  /** The parsed lines in batches of at most `size`; what is no JSON, or too long, comes as a `BrokenLine`. */
  async *batches(size: number): AsyncGenerator<unknown[]> {
    let batch: unknown[] = [];
    let index = 0;
    for await (const line of this.all()) {
      const tooLong = this.overlong.get(index);
      batch.push(tooLong === undefined ? valueOf(line) : new BrokenLine(line, tooLong, 'payload_too_large'));
      index += 1;
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
    for await (const line of anyLinesOf(body)) {
      if (line instanceof OverlongLine) {
        this.overlong.set(this.count, line.reason);
        await this.add(line.beginning.slice(0, KEPT));
      } else if (line.trim() !== '') await this.add(line);
    }
    if (this.file === undefined) return;
    this.file.end();
    await once(this.file, 'close');
  }

  private async add(line: string): Promise<void> {
    this.count += 1;
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
    const file = createReadStream(join(this.folder, 'lines'));
    try {
      yield* linesOf(file);
    } finally {
      file.destroy();
    }
  }
}

function valueOf(line: string): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new BrokenLine(line, error.message.replace(/^The body /, ''));
  }
}
