import { findDataFile } from './load-vectors.js';
import { readCsv, type CsvRow } from './read-csv.js';

/** How a case of `datasets.json` reduces its CSV. */
export interface Selection {
  readonly file: string;
  readonly arm: string;
  /** `"(treatment,new_page) or (control,old_page)"`: pairs of arm and landing page that are kept. */
  readonly keep?: string;
  /** `"first row per user_id"`. */
  readonly dedupe?: string;
  /** `"ab_countries.csv on user_id"`. */
  readonly join?: string;
  /** Column of the joined file and its wanted value. */
  readonly segment?: Readonly<Record<string, string>>;
}

/** Visits the rows that a selection leaves. */
export function selectRows(selection: Selection, visit: (row: CsvRow) => void): void {
  const kept = new Set(
    [...(selection.keep ?? '').matchAll(/\(([^,]+),([^)]+)\)/g)].map(([, arm, page]) => `${arm},${page}`),
  );
  const dedupeBy = selection.dedupe?.replace('first row per ', '');
  const inSegment = segmentFilter(selection);
  const seen = new Set<string>();
  readCsv(dataPath(selection.file), (row) => {
    if (kept.size > 0 && !kept.has(`${row(selection.arm)},${row('landing_page')}`)) return;
    if (dedupeBy !== undefined) {
      if (seen.has(row(dedupeBy))) return;
      seen.add(row(dedupeBy));
    }
    if (inSegment(row)) visit(row);
  });
}

function segmentFilter({ join, segment }: Selection): (row: CsvRow) => boolean {
  if (join === undefined || segment === undefined) return () => true;
  const [file = '', key = ''] = join.split(' on ');
  const members = new Set<string>();
  readCsv(dataPath(file), (row) => {
    if (Object.entries(segment).every(([column, value]) => row(column) === value)) members.add(row(key));
  });
  return (row) => members.has(row(key));
}

function dataPath(name: string): string {
  const path = findDataFile(name);
  if (path === null) throw new Error(`${name} is not in the data folder`);
  return path;
}
