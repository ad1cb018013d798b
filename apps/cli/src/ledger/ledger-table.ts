import type { Ledger } from '@assay/contracts';
import Table from 'cli-table3';

const ROWS: readonly (readonly [keyof Ledger, string])[] = [
  ['received', 'received'],
  ['stored', '= stored'],
  ['duplicate', '+ duplicate (known by their id, changed nothing)'],
  ['rejected', '+ rejected (see GET /api/v1/events/rejected)'],
  ['deadLettered', '+ dead letters'],
  ['pending', '+ pending (accepted, on the way)'],
];

/** Where every received event is; the parts sum to what was received. */
export function ledgerTable(ledger: Ledger): string {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  for (const [field, words] of ROWS) table.push([words, ledger[field].toLocaleString('en')]);
  return table.toString();
}
