import { setTimeout as sleep } from 'node:timers/promises';
import { LeanConnection } from '../http/lean-connection.js';

export interface PacedLoad {
  readonly url: string;
  readonly request: Buffer;
  readonly connections: number;
  /** Requests per second, evenly spread. */
  readonly rate: number;
  readonly seconds: number;
}

/**
 * Sends requests at their times, whether or not earlier ones were answered, and measures from when each was due: what waits for
 * a free connection, or for this process, waits at the cost of the result.
 *
 * @returns milliseconds, ascending
 */
export async function pacedLatencies({ url, request, connections, rate, seconds }: PacedLoad): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: connections }, () => LeanConnection.open(url)));
  const all = [...idle];
  const latencies: number[] = [];
  const waiting: number[] = [];
  const start = performance.now();
  const sendNext = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const connection = idle.pop();
      const due = waiting.shift() ?? 0;
      connection?.send(request, ({ status }) => {
        if (status !== 200) throw new Error(`${url} answered ${status}`);
        latencies.push(performance.now() - due);
        idle.push(connection);
        sendNext();
      });
    }
  };
  const total = Math.floor(rate * seconds);
  for (let sent = 0; sent < total;) {
    for (const now = performance.now(); sent < total && start + (sent * 1_000) / rate <= now; sent += 1) {
      waiting.push(start + (sent * 1_000) / rate);
    }
    sendNext();
    await sleep(1);
  }
  while (latencies.length < total) await sleep(5);
  for (const connection of all) connection.close();
  return latencies.sort((a, b) => a - b);
}
