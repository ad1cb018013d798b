import { CommandContext } from './command-context.js';
import { assayProgram } from './program.js';
import { CliError } from './terminal/cli-error.js';
import { processTerminal } from './terminal/terminal.js';

const terminal = processTerminal();
// npm runs scripts in the folder of its package.json and says in INIT_CWD where the user was.
const context = new CommandContext(terminal, process.env, process.env['INIT_CWD'] ?? process.cwd(), process.cwd());

// Output that is cut off by `| head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await assayProgram(context).parseAsync();
} catch (error) {
  terminal.err(
    error instanceof CliError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  process.exitCode = 1;
}
