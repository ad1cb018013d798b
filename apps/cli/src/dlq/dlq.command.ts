import type { DeadLetter, DeadLetterWithPayload, Page } from '@assay/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { ApiClient } from '../connection/api-client.js';
import { CliError } from '../terminal/cli-error.js';
import { deadLetterTable, deadLetterText } from './dead-letter-table.js';

const PATH = '/api/v1/dead-letters';

interface ListOptions {
  readonly topic?: string;
  readonly group?: string;
  readonly status: string;
  readonly limit: string;
  readonly json?: boolean;
}

interface SettleOptions {
  readonly topic?: string;
  readonly group?: string;
  readonly all?: boolean;
}

/** `assay dlq list|show|replay|discard` */
export function addDlq(program: Command, context: CommandContext): void {
  const dlq = program.command('dlq').summary('messages that could not be handled (dead letters)');
  addList(dlq, context);
  addShow(dlq, context);
  addSettle(dlq, context, 'replay', 'send dead letters to their topic again');
  addSettle(dlq, context, 'discard', 'let go of dead letters');
}

function addList(dlq: Command, context: CommandContext): void {
  dlq
    .command('list')
    .summary('list dead letters, newest first')
    .option('--topic <name>', 'of this topic, such as assay.event.accepted.v1')
    .option('--group <name>', 'of this consumer group')
    .option('--status <status>', 'dead, replayed, discarded or any', 'dead')
    .option('--limit <count>', 'at most so many, 1 to 200', '50')
    .option('--json', 'print the answer of the server as it is')
    .action(async ({ json, status, topic, group, limit }: ListOptions, command: Command) => {
      const query = { topic, group, limit, status: status === 'any' ? undefined : status };
      const page = await context.connect(command).get<Page<DeadLetter>>(PATH, { query });
      context.terminal.out(json === true ? JSON.stringify(page, null, 2) : deadLetterTable(page));
    });
}

function addShow(dlq: Command, context: CommandContext): void {
  dlq
    .command('show')
    .summary('print a dead letter with the message as it was on the wire')
    .argument('<id>')
    .option('--json', 'print the answer of the server as it is')
    .action(async (id: string, { json }: { json?: boolean }, command: Command) => {
      const letter = await context.connect(command).get<DeadLetterWithPayload>(`${PATH}/${encodeURIComponent(id)}`);
      context.terminal.out(json === true ? JSON.stringify(letter, null, 2) : deadLetterText(letter));
    });
}

function addSettle(dlq: Command, context: CommandContext, action: 'replay' | 'discard', summary: string): void {
  dlq
    .command(action)
    .summary(summary)
    .argument('[id...]')
    .option('--all', 'all that are dead, of --topic and --group if given')
    .option('--topic <name>', 'with --all: of this topic')
    .option('--group <name>', 'with --all: of this consumer group')
    .action(async (ids: string[], options: SettleOptions, command: Command) => {
      if ((options.all === true) === ids.length > 0) throw new CliError(`Name the letters to ${action}, or say --all.`);
      const api = context.connect(command);
      const chosen = options.all === true ? await deadIds(api, options) : ids;
      const failures = await settle(api, action, chosen);
      const done = chosen.length - failures.length;
      context.terminal.out(
        `${done} ${done === 1 ? 'letter' : 'letters'} ${action === 'replay' ? 'replayed' : 'discarded'}.`,
      );
      if (failures.length > 0) throw new CliError(failures.join('\n'));
    });
}

/** One by one, oldest first, so that records of one key go back in the order they had; a refused one stops no other. */
async function settle(api: ApiClient, action: string, ids: readonly string[]): Promise<string[]> {
  const failures: string[] = [];
  for (const id of ids) {
    try {
      await api.post(`${PATH}/${encodeURIComponent(id)}/${action}`, undefined);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      failures.push(error.message);
    }
  }
  return failures;
}

async function deadIds(api: ApiClient, { topic, group }: SettleOptions): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { topic, group, cursor, status: 'dead', limit: '200' };
    const page: Page<DeadLetter> = await api.get(PATH, { query });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids.reverse();
}
