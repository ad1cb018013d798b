import { parse, CsvError } from 'csv-parse';
import { createReadStream, statSync } from 'node:fs';
import { CliError } from '../terminal/cli-error.js';
import { errorCode } from '../terminal/error-code.js';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Line of the file on which the row ends; the header is line 1. */
  readonly line: number;
}

/**
 * The rows of a CSV file with the header first, read as a stream.
 *
 * @throws CliError for a file that cannot be read, is empty, or has a row with too many or too few cells.
 */
export async function* csvRows(path: string, delimiter = ','): AsyncGenerator<CsvRow> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CliError(`There is no file ${path}.`);
  if (!stats.isFile()) throw new CliError(`${path} is not a file.`);
  const source = createReadStream(path);
  const parser = source.pipe(parse({ bom: true, delimiter, info: true, skip_empty_lines: true }));
  source.once('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new CliError(`${path}: ${error.message}`);
    if (['EACCES', 'EPERM'].includes(errorCode(error))) throw new CliError(`${path} may not be read by this user.`);
    throw error;
  } finally {
    source.destroy();
  }
}
