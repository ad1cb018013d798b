import type { Ledger } from '@assay/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../connection/api-client.js';
import { CliError } from '../terminal/cli-error.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

const ASK_EVERY = 200;
/** A server that applies nothing for so long is stuck. */
const STUCK_AFTER = 120_000;

export const readLedger = (api: ApiClient, patience = 0): Promise<Ledger> =>
  api.get<Ledger>('/api/v1/ledger', { patience });

/** Resolves when every event received so far is applied (`pending` 0). */
export async function waitApplied(api: ApiClient, terminal: Terminal, patience: number): Promise<Ledger> {
  let ledger = await readLedger(api, patience);
  const total = ledger.pending;
  if (total === 0) return ledger;
  const progress = showProgress(terminal, 'Applying', total, 'events');
  let lastPending = total;
  let lastChange = Date.now();
  try {
    while (ledger.pending > 0) {
      await sleep(ASK_EVERY);
      ledger = await readLedger(api, patience);
      progress.update(Math.min(total, Math.max(0, total - ledger.pending)));
      if (ledger.pending !== lastPending) [lastPending, lastChange] = [ledger.pending, Date.now()];
      if (Date.now() - lastChange > STUCK_AFTER) {
        throw new CliError(
          `The server has accepted all events, but ${ledger.pending} of them are not applied for ${STUCK_AFTER / 1_000} s. Look at its log, then at 'assay ledger'.`,
        );
      }
    }
  } finally {
    progress.end();
  }
  return ledger;
}
