import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it holds; fails with what was the case at last. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`After ${withinMs} ms it still does not hold that ${what}`);
    await sleep(10);
  }
}
