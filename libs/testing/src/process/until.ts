import { setTimeout as sleep } from 'node:timers/promises';

/** Shorter than the limit of a test, so that what did not happen is said; long enough for a machine that is slow at the moment. */
const PATIENCE_MS = 200_000;
const PAUSE_MS = 20;

/**
 * Waits until something holds.
 *
 * @param what is waited for, if the condition itself does not say it well enough
 * @throws when it did not come to hold in time
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = String(holds),
  patienceMs = PATIENCE_MS,
): Promise<void> {
  for (const end = performance.now() + patienceMs; !(await holds()); await sleep(PAUSE_MS)) {
    if (performance.now() > end) throw new Error(`Waited ${patienceMs / 1_000} s in vain for: ${what}`);
  }
}
