import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for a machine that is slow at the moment; shorter than the limit of a test, so that the answer is seen. */
const PATIENCE_MS = 60_000;

/**
 * `fetch` as a good client sends: what is refused for the moment (503 with `Retry-After`) is sent again after that time. A test
 * of what happens while something is away asks by `fetch` itself.
 *
 * @returns the first other answer, or the last refusal when a minute has passed
 */
export async function patientFetch(url: string, init?: RequestInit): Promise<Response> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const response = await fetch(url, init);
    const seconds = Number(response.headers.get('retry-after'));
    if (response.status !== 503 || seconds <= 0 || performance.now() > end) return response;
    await response.body?.cancel();
    await sleep(seconds * 1_000);
  }
}
