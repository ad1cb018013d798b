import { setImmediate as nextTurn } from 'node:timers/promises';
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
 * a free connection, or for this process, waits at the cost of the result. It never sleeps, so it takes a core of its own: a
 * timer would send a millisecond's requests in one heap, and being woken for each answer is most of what an answer costs.
 *
 * @returns milliseconds, ascending
 */
export async function pacedLatencies({
  url,
  request,
  connections,
  rate,
  seconds,
}: PacedLoad): Promise<Float64Array<ArrayBuffer>> {
  const idle = await Promise.all(Array.from({ length: connections }, () => LeanConnection.open(url)));
  const all = [...idle];
  const latencies = new Float64Array(Math.floor(rate * seconds));
  let sent = 0;
  let answered = 0;
  const start = performance.now();
  const dueAt = (index: number): number => start + (index * 1_000) / rate;
  const send = (connection: LeanConnection, due: number): void => {
    connection.send(request, ({ status }) => {
      if (status !== 200) throw new Error(`${url} answered ${status}`);
      latencies[answered] = performance.now() - due;
      answered += 1;
      idle.push(connection);
    });
  };
  while (answered < latencies.length) {
    while (sent < latencies.length && dueAt(sent) <= performance.now()) {
      const connection = idle.pop();
      if (connection === undefined) break;
      send(connection, dueAt(sent));
      sent += 1;
    }
    await nextTurn();
  }
  for (const connection of all) connection.close();
  return latencies.sort();
}
