import { EXPOSURE, type EventInput, type Experiment } from '@assay/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { RowEvents } from '../import/batches.js';
import { contentId } from '../import/event-id.js';
import type { ExperimentDraft } from '../import/experiment-plan.js';
import { runImport } from '../import/run-import.js';
import { resultsTable } from '../results/results-table.js';
import { cookieCats, PLAYERS, type Player } from './cookie-cats.js';

const KEY = 'cookie-cats';
const DAY = 86_400_000;
/** Installations of the test; the year is not published. */
const INSTALLED = Date.UTC(2016, 0, 4);

const DRAFT: ExperimentDraft = {
  key: KEY,
  name: 'Cookie Cats: the first gate at level 40',
  description: 'Players must wait or pay at a gate. It stood at level 30; the test moved it to level 40.',
  variants: [
    { key: 'gate_30', name: 'Gate at level 30', isControl: true, trafficAllocation: 50 },
    { key: 'gate_40', name: 'Gate at level 40', isControl: false, trafficAllocation: 50 },
  ],
  metrics: [
    {
      name: 'retention_7',
      eventName: `${KEY}.retained_7`,
      metricType: 'CONVERSION',
      aggregationMethod: 'exists',
      isPrimary: true,
    },
    {
      name: 'retention_1',
      eventName: `${KEY}.retained_1`,
      metricType: 'CONVERSION',
      aggregationMethod: 'exists',
      isPrimary: false,
    },
  ],
};

/** `assay demo`: a real, published A/B test, rebuilt from its counts and sent through the public interface. */
export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .summary('replay a published A/B test (Cookie Cats) and print its results')
    .action(async (_options: unknown, command: Command) => {
      const { terminal } = context;
      const { results } = await runImport(
        context.connect(command),
        { draft: DRAFT, rows: PLAYERS, read: traffic },
        terminal,
      );
      terminal.out(`\n${resultsTable(results)}`);
    });
}

function* traffic(experiment: Experiment): Generator<RowEvents> {
  let line = 0;
  for (const player of cookieCats()) {
    line += 1;
    yield { line, events: eventsOf(player, experiment.key) };
  }
}

/** The exposure at installation, and a visit a day and a week later for those who came back. */
export function eventsOf(player: Player, experiment: string): EventInput[] {
  const at = (days: number): string => new Date(INSTALLED + days * DAY).toISOString();
  const visit = (eventType: string, days: number): EventInput => ({
    id: contentId([experiment, eventType, player.id]),
    eventType,
    userId: player.id,
    timestamp: at(days),
  });
  return [
    { ...visit(EXPOSURE, 0), experiment, variant: player.variant },
    ...(player.retained1 ? [visit(`${KEY}.retained_1`, 1)] : []),
    ...(player.retained7 ? [visit(`${KEY}.retained_7`, 7)] : []),
  ];
}
