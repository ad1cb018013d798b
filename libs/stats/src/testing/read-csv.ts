import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 18;

/** One line of a CSV file without quoted fields, as the file's header names its columns. */
export type CsvRow = (column: string) => string;

/** Calls `visit` for every data row, reading the file in pieces. */
export function readCsv(path: string, visit: (row: CsvRow) => void): void {
  let columns: ReadonlyMap<string, number> | null = null;
  let fields: readonly string[] = [];
  const row: CsvRow = (column) => fields[columns?.get(column) ?? -1] ?? '';
  forEachLine(path, (line) => {
    fields = line.split(',');
    if (columns === null) columns = new Map(fields.map((name, i) => [name, i]));
    else visit(row);
  });
}

function forEachLine(path: string, visit: (line: string) => void): void {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(CHUNK);
  let rest = '';
  try {
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const lines = (rest + buffer.toString('latin1', 0, size)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) visit(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    if (rest !== '') visit(rest);
  } finally {
    closeSync(file);
  }
}
