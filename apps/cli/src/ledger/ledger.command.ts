import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { ledgerTable } from './ledger-table.js';
import { readLedger } from './wait-applied.js';

/** `assay ledger` */
export function addLedger(program: Command, context: CommandContext): void {
  program
    .command('ledger')
    .summary('print where every received event is')
    .option('--json', 'print the answer of the server as it is')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const ledger = await readLedger(context.connect(command));
      context.terminal.out(json === true ? JSON.stringify(ledger, null, 2) : ledgerTable(ledger));
    });
}
