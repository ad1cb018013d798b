import type { Experiment } from '@assay/contracts';
import type { Command } from 'commander';
import { basename, resolve } from 'node:path';
import type { CommandContext } from '../command-context.js';
import { resultsTable } from '../results/results-table.js';
import { CliError } from '../terminal/cli-error.js';
import type { RowEvents } from './batches.js';
import { csvRows } from './csv-rows.js';
import { Occurrences } from './event-id.js';
import { draftExperiment, fitExperiment } from './experiment-plan.js';
import type { ImportPlan } from './import-plan.js';
import { COLUMN_AGGREGATIONS } from './metric-spec.js';
import { rowEvents } from './row-events.js';
import { runImport } from './run-import.js';
import { survey, type Survey } from './survey.js';

interface ImportOptions {
  readonly experiment: string;
  readonly unit: string;
  readonly variant: string;
  readonly control: string;
  readonly metric: readonly string[];
  readonly timestamp?: string;
  readonly dimension: readonly string[];
  readonly delimiter: string;
  readonly json?: boolean;
}

const HELP = `
Types of --metric COL[:type]: ${COLUMN_AGGREGATIONS.join(', ')}. Without one the column has to hold yes and no
(true/false, 1/0), and the metric is the share of units with a yes. exists: cells that are true or not 0.
sum: numbers; 0 and empty cells add nothing. count: rows whose cell is not empty, 0 or false.
average, min, max: numbers, 0 included; empty cells are left out.

Running the same import again, or again after it was cut off, changes nothing: events are known by their content.
Times without a zone are UTC; without --timestamp everything happens at one fixed moment.`;

/** `assay import FILE.csv …`: the data of a finished (or running) test, by way of the public interface. */
export function addImport(program: Command, context: CommandContext): void {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  program
    .command('import')
    .summary('send a CSV file of units, variants and metrics, and print the results')
    .argument('<file>', 'CSV file with a header, one row per unit or per observation')
    .requiredOption('--experiment <key>', 'experiment; made and started if it does not exist')
    .requiredOption('--unit <column>', 'column with the unit (user, player …)')
    .requiredOption('--variant <column>', 'column with the variant the unit saw')
    .requiredOption('--control <value>', 'the value of that column that is the control')
    .requiredOption('--metric <column[:type]>', 'column that becomes a metric; may be repeated', collect, [])
    .option('--timestamp <column>', 'column with the time of exposure and events')
    .option(
      '--dimension <column>',
      'column with an attribute of the unit, such as its country; may be repeated (results --dimension)',
      collect,
      [],
    )
    .option('--delimiter <character>', 'what parts the cells', ',')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const path = resolve(context.folder, file);
      const surveyed = await survey(csvRows(path, options.delimiter), options);
      const draft = draftExperiment(options.experiment, basename(path), surveyed, options.control);
      const read = (experiment: Experiment): AsyncGenerator<RowEvents> => {
        const fit = fitExperiment(experiment, surveyed, options.control);
        return eventsOf(path, options, planOf(experiment.key, options, surveyed, fit));
      };
      const { terminal } = context;
      const { results, refused, refusedCount } = await runImport(
        context.connect(command),
        { draft, rows: surveyed.rows, read },
        terminal,
      );
      terminal.out(options.json === true ? JSON.stringify(results, null, 2) : resultsTable(results));
      if (refusedCount === 0) return;
      const lines = refused.map(({ line, code, message }) => `\n  line ${line}: ${message} (${code})`);
      const more = refusedCount > refused.length ? `\n  … and ${refusedCount - refused.length} more` : '';
      throw new CliError(`The server refused ${refusedCount} events:${lines.join('')}${more}`);
    });
}

function planOf(
  experiment: string,
  options: ImportOptions,
  surveyed: Survey,
  fit: Pick<ImportPlan, 'variantKeys' | 'metrics'>,
): ImportPlan {
  return {
    ...fit,
    experiment,
    unitColumn: options.unit,
    unitIndex: surveyed.unitIndex,
    variantColumn: options.variant,
    variantIndex: surveyed.variantIndex,
    timeColumn: options.timestamp,
    timeIndex: surveyed.timeIndex,
    dimensions: surveyed.dimensions,
  };
}

async function* eventsOf(path: string, options: ImportOptions, plan: ImportPlan): AsyncGenerator<RowEvents> {
  const occurrences = new Occurrences();
  let isHeader = true;
  for await (const { cells, line } of csvRows(path, options.delimiter)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const events = rowEvents(cells, plan, occurrences);
    if (!Array.isArray(events)) {
      const { column, message } = events as { column: string; message: string };
      throw new CliError(`Line ${line}, column '${column}': ${message}. Has the file changed since the import began?`);
    }
    yield { line, events };
  }
}
