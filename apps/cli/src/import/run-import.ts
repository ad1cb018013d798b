import { EVENT_LIMITS, type EventsAnswer, type Experiment, type ExperimentResults } from '@assay/contracts';
import type { ApiClient } from '../connection/api-client.js';
import { waitApplied } from '../ledger/wait-applied.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { batches, type RowSource } from './batches.js';
import { ensureExperiment, startIfDraft } from './ensure-experiment.js';
import type { ExperimentDraft } from './experiment-plan.js';
import { sendBatches, type RefusedLine } from './send-batches.js';

/** Everything that is to be sent, whatever it is read from. */
export interface ImportSource {
  readonly draft: ExperimentDraft;
  readonly rows: number;
  /** Called once the experiment is known; may refuse it. */
  readonly read: (experiment: Experiment) => RowSource;
}

export interface Imported {
  readonly results: ExperimentResults;
  readonly refusedCount: number;
  readonly refused: readonly RefusedLine[];
}

const IN_FLIGHT = 4;
/** How long a server that is away or busy is waited for in the middle of an import. */
const PATIENCE = 120_000;

/**
 * Makes and starts the experiment if need be, sends all events, waits until they are applied, reads the results. Each step
 * may be repeated: a second run of the same source finds everything there and changes nothing.
 */
export async function runImport(api: ApiClient, source: ImportSource, terminal: Terminal): Promise<Imported> {
  const { experiment, isNew } = await ensureExperiment(api, source.draft);
  const rows = source.read(experiment);
  await startIfDraft(api, experiment);
  terminal.err(
    `Experiment '${experiment.key}' on ${api.url}: ${isNew ? 'made' : 'found'}; sending ${source.rows.toLocaleString('en')} rows.`,
  );
  const sent = await send(api, rows, source.rows, terminal);
  const again = sent.events - sent.accepted - sent.refusedCount;
  terminal.err(
    `Sent ${sent.events.toLocaleString('en')} events: ${sent.accepted.toLocaleString('en')} accepted${again > 0 ? `, ${again.toLocaleString('en')} known before` : ''}${sent.refusedCount > 0 ? `, ${sent.refusedCount.toLocaleString('en')} refused` : ''}.`,
  );
  await waitApplied(api, terminal, PATIENCE);
  const results = await api.get<ExperimentResults>(
    `/api/v1/experiments/${encodeURIComponent(experiment.key)}/results`,
    { patience: PATIENCE },
  );
  return { results, refusedCount: sent.refusedCount, refused: sent.refused };
}

async function send(api: ApiClient, rows: RowSource, total: number, terminal: Terminal) {
  const limits = { events: EVENT_LIMITS.batch, bytes: EVENT_LIMITS.bodyBytes };
  const onWaiting = (reason: string): void => terminal.err(`${reason} Trying again for up to ${PATIENCE / 1_000} s.`);
  const post = (body: string): Promise<EventsAnswer> =>
    api.post<EventsAnswer>('/api/v1/events', body, { patience: PATIENCE, onWaiting });
  const progress = showProgress(terminal, 'Sending', total, 'rows');
  let done = 0;
  try {
    return await sendBatches(batches(rows, limits), post, IN_FLIGHT, (batch) => {
      done += batch.rows;
      progress.update(done);
    });
  } finally {
    progress.end();
  }
}
