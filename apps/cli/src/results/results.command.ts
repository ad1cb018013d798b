import type { ExperimentResults } from '@assay/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { resultsTable } from './results-table.js';

interface ResultsOptions {
  readonly metric?: string;
  readonly dimension?: string;
  readonly asOf?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `assay results KEY` */
export function addResults(program: Command, context: CommandContext): void {
  program
    .command('results')
    .summary('print the results of an experiment')
    .argument('<experiment>', 'key or id')
    .option('--metric <name>', 'this metric only')
    .option('--dimension <attribute>', 'also by the values of that attribute of the units')
    .option('--as-of <time>', 'as they stood at that time')
    .option('--from <time>', 'units first exposed at or after that time')
    .option('--to <time>', 'units first exposed before that time')
    .option('--json', 'print the answer of the server as it is')
    .action(async (experiment: string, { json, ...query }: ResultsOptions, command: Command) => {
      const { metric, dimension, asOf, from, to } = query;
      const path = `/api/v1/experiments/${encodeURIComponent(experiment)}/results`;
      const results = await context.connect(command).get<ExperimentResults>(path, {
        query: { metric, dimension, asOf, from, to },
      });
      context.terminal.out(json === true ? JSON.stringify(results, null, 2) : resultsTable(results));
    });
}
