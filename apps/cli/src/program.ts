import { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addDemo } from './demo/demo.command.js';
import { addDlq } from './dlq/dlq.command.js';
import { addImport } from './import/import.command.js';
import { addLedger } from './ledger/ledger.command.js';
import { addLogin } from './login/login.command.js';
import { addResults } from './results/results.command.js';

/** The `assay` command with all it can do. It speaks nothing but the public HTTP interface. */
export function assayProgram(context: CommandContext): Command {
  const program = new Command('assay')
    .description('Experiments from the command line: import data, read results.')
    .option(
      '--url <address>',
      'server (ASSAY_URL, else the one whose data lie here, the last login, http://localhost:8080)',
    )
    .option('--token <token>', 'access token or api key (ASSAY_TOKEN, ASSAY_API_KEY, else what was remembered)')
    .option('--project <key>', 'project, if not the default one')
    .option('--environment <key>', 'environment, if not production')
    .showHelpAfterError('(assay --help shows what there is)');
  for (const add of [addLogin, addImport, addResults, addLedger, addDlq, addDemo]) add(program, context);
  return program;
}
